"""The usual psutil loop: once a second, what top shows of every process."""
import time

import psutil

while True:
    for process in psutil.process_iter(["name", "cpu_times", "memory_info", "status"]):
        process.info["cpu_times"]
    time.sleep(1)
