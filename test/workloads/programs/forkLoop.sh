#!/bin/sh
# forkLoop SECONDS PAUSE: copies of this shell that never exec, 5 ms each.
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
  forks=0
  while [ "$forks" -lt 10 ]; do
    (
      count=0
      while [ "$count" -lt 5500 ]; do count=$((count + 1)); done
    )
    forks=$((forks + 1))
  done
  sleep "$2"
done
times
echo done
read -r _
