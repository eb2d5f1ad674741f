"""sharedMemory BYTES WORKERS: workers that share one piece of memory, as those of a database do, and have touched every page of it."""
import mmap
import os
import sys

size, workers = int(sys.argv[1]), int(sys.argv[2])
shared = mmap.mmap(-1, size)
ready, done = os.pipe()
for _ in range(workers):
    if os.fork() == 0:
        for at in range(0, size, mmap.PAGESIZE):
            shared[at] = 1
        os.write(done, b".")
        sys.stdin.read()
        os._exit(0)
for _ in range(workers):
    os.read(ready, 1)
print("memory", size)
print("done", flush=True)
sys.stdin.read()
