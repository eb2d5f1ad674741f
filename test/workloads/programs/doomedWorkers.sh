#!/bin/sh
# doomedWorkers SECONDS PAUSE: workers that start children of their own and are gone with them within a second.
if [ "$1" = worker ]; then
  round=0
  while [ "$round" -lt 6 ]; do
    seq 1000000 > /dev/null &
    head -c 4000000 /dev/zero | sha1sum > /dev/null &
    wait
    sleep "$2"
    round=$((round + 1))
  done
  exit 0
fi
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
  "$0" worker "$2"
done
times
echo done
read -r _
