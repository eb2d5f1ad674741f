import { columns, type NodeCollector, single } from "./family.ts";

/** The machine's clock. */
export function createTimeCollector(): NodeCollector {
  return {
    collector: "time",
    parts: ["time"],
    families({ time, takenAtMs }) {
      const clocksources = time?.clocksources ?? [];
      const available = clocksources.flatMap(({ device, available: names }) => names.map((clocksource) => ({ device, clocksource })));
      const current = clocksources.map(({ device, current: clocksource }) => ({ device, clocksource }));
      const one = () => 1;
      return [
        ...single({ name: "node_time_seconds", help: "The time, in seconds since 1970.", type: "gauge" }, takenAtMs / 1000),
        ...columns(time === undefined ? [] : [time.zone], ({ name }) => ({ time_zone: name }), [
          {
            name: "node_time_zone_offset_seconds",
            help: "Seconds by which local time is ahead of UTC.",
            type: "gauge",
            value: (zone) => zone.offsetSeconds,
          },
        ]),
        ...columns(available, (labels) => labels, [
          { name: "node_time_clocksource_available_info", help: "Clocks that the kernel could use; always 1.", type: "gauge", value: one },
        ]),
        ...columns(current, (labels) => labels, [
          { name: "node_time_clocksource_current_info", help: "The clock that the kernel uses; always 1.", type: "gauge", value: one },
        ]),
      ];
    },
  };
}
