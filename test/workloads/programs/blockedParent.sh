#!/bin/sh
# blockedParent DIRECTORY: runs a program from a file system that does not answer. The shell has vforked and waits in D until
# its child has the program; a later command keeps it from simply becoming that program.
echo done
"$1/program"
read -r _
