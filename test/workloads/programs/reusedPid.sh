#!/bin/sh
# reusedPid SECONDS PID REPORT FIRST SECOND: two programs by turns, at least two times each, and always under the same pid. Only in
# a pid namespace of its own.
end=$(($(date +%s) + $1))
rounds=0
while [ "$(date +%s)" -lt "$end" ] || [ "$rounds" -lt 2 ]; do
  for program in "$4" "$5"; do
    echo $(($2 - 1)) > /proc/sys/kernel/ns_last_pid
    "$program" "$program.js" 1.7 "$3" "${program##*/}" &
    echo "pid $!"
    wait
  done
  rounds=$((rounds + 1))
done
times
echo done
read -r _
