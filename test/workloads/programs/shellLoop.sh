#!/bin/sh
# shellLoop SECONDS PAUSE: commands of 5 to 20 ms each, one after the other, waited for by this shell.
# `times` at the end says what this shell and all that it has waited for have burnt.
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
  seq 600000 > /dev/null
  head -c 4000000 /dev/zero | sha1sum > /dev/null
  seq 2000000 > /dev/null
  sleep "$2"
done
times
echo done
read -r _
