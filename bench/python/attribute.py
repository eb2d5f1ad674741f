"""What somebody sees who asks psutil once a second: CPU seconds by process name, as one JSON object when stdin ends."""
import json
import select
import sys

import psutil

last, seconds = None, {}
while True:
    now = {}
    for process in psutil.process_iter(["name", "cpu_times", "create_time"]):
        times = process.info["cpu_times"]
        if times is None:
            continue
        key = (process.pid, process.info["create_time"])
        now[key] = used = times.user + times.system
        # one that was not there a second ago has used all of it since
        rise = used - (last.get(key, 0) if last is not None else used)
        seconds[process.info["name"]] = seconds.get(process.info["name"], 0) + rise
    if last is None:
        print("ready", flush=True)
    last = now
    if select.select([sys.stdin], [], [], 1)[0]:
        break
print(json.dumps(seconds))
