#!/bin/sh
# orphanWriter SECONDS REPORT WRITER...: leaves a writer behind that everybody sees at work, so that another one reaps it.
keep=$(($1 + 3))
report=$2
shift 2
(sleep "$keep" | "$@" > "$report" &)
sleep $((keep + 2))
echo done
read -r _
