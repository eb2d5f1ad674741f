#!/bin/sh
# reapedWriter SECONDS WRITER...: waits for a writer that everybody sees at work, and that stays for a while when it has written all.
# All that it wrote is this shell's in the kernel's books as soon as it is reaped.
keep=$(($1 + 3))
shift
sleep "$keep" | "$@" | grep -v '^done$'
echo done
read -r _
