#!/bin/sh
# shortBursts SECONDS PAUSE PROGRAM...: a new process for every burst of 300 ms.
end=$(($(date +%s) + $1))
pause=$2
shift 2
while [ "$(date +%s)" -lt "$end" ]; do
  "$@"
  sleep "$pause"
done
times
echo done
read -r _
