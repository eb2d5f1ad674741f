#!/bin/sh
# doubleFork SECONDS PAUSE PROGRAM...: daemons. Each is left behind by its parent in a session of its own, so that init reaps it;
# each says itself what it has burnt.
end=$(($(date +%s) + $1))
pause=$2
shift 2
while [ "$(date +%s)" -lt "$end" ]; do
  (setsid "$@" > /dev/null 2>&1 < /dev/null &)
  sleep "$pause"
done
sleep 2
times
echo done
read -r _
