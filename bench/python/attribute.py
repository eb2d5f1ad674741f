"""What somebody sees who asks psutil once a second: CPU seconds and bytes by process name, as one JSON object when stdin ends."""
import json
import select
import sys

import psutil

last, sums = None, {"cpu": {}, "read": {}, "written": {}}
while True:
    now = {}
    for process in psutil.process_iter(["name", "cpu_times", "create_time", "io_counters"]):
        times, io = process.info["cpu_times"], process.info["io_counters"]
        used = {}
        if times is not None:
            used["cpu"] = times.user + times.system
        if io is not None:
            used["read"], used["written"] = io.read_bytes, io.write_bytes
        key = (process.pid, process.info["create_time"])
        now[key] = used
        for quantity, amount in used.items():
            # one that was not there a second ago has used all of it since
            rise = amount - (last.get(key, {}).get(quantity, 0) if last is not None else amount)
            by_name = sums[quantity]
            by_name[process.info["name"]] = by_name.get(process.info["name"], 0) + rise
    if last is None:
        print("ready", flush=True)
    last = now
    if select.select([sys.stdin], [], [], 1)[0]:
        break
print(json.dumps(sums))
