#!/bin/sh
# shortWriters SECONDS FILE DD: every write is the work of a process that is gone at once.
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
  "$3" if=/dev/zero of="$2" bs=1M count=4 oflag=append conv=notrunc 2> /dev/null && echo written 4194304
  sleep 0.3
done
echo done
read -r _
