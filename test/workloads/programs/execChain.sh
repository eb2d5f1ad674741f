#!/bin/sh
# execChain END OTHER: one process that becomes another program again and again, END seconds after 1970 being the last time.
# Its CPU time goes on over every exec.
count=0
while [ "$count" -lt 60000 ]; do count=$((count + 1)); done
sleep 0.1
if [ "$(date +%s)" -lt "$1" ]; then exec "$2" "$1" "$0"; fi
times
echo done
read -r _
