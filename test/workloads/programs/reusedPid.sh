#!/bin/sh
# reusedPid SECONDS PID REPORT FIRST SECOND: two programs by turns, and always under the same pid. Only in a pid namespace of its own.
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
  for program in "$4" "$5"; do
    echo $(($2 - 1)) > /proc/sys/kernel/ns_last_pid
    "$program" "$program.js" 0.9 "$3" "${program##*/}" &
    echo "pid $!"
    wait
  done
done
times
echo done
read -r _
