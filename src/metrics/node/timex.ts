import type { ClockDisciplineReading } from "../../model/scraped.ts";
import { type Column, columns, type NodeCollector } from "./family.ts";

type Value = Column<ClockDisciplineReading>["value"];

function gauge(name: string, help: string, value: Value): Column<ClockDisciplineReading> {
  return { name: `node_timex_${name}`, help, type: "gauge", value };
}

function counter(name: string, help: string, value: Value): Column<ClockDisciplineReading> {
  return { ...gauge(name, help, value), type: "counter" };
}

const all: readonly Column<ClockDisciplineReading>[] = [
  gauge("sync_status", "1 when the clock is kept by a better one.", (one) => Number(one.synchronised)),
  gauge("offset_seconds", "By how much the clock is off, as far as its keeper knows.", (one) => one.offsetSeconds),
  gauge("frequency_adjustment_ratio", "How fast the clock is made to run.", (one) => one.frequencyRatio),
  gauge("maxerror_seconds", "By how much the clock can be off at most.", (one) => one.mostErrorSeconds),
  gauge("estimated_error_seconds", "By how much the clock is off, estimated.", (one) => one.estimatedErrorSeconds),
  gauge("status", "The bits of the clock's status.", (one) => one.status),
  gauge("loop_time_constant", "How slowly the clock is led back.", (one) => one.loopTimeConstant),
  gauge("tick_seconds", "Seconds between two ticks.", (one) => one.tickSeconds),
  gauge("pps_frequency_hertz", "Frequency by the pulse of every second.", (one) => one.ppsFrequencyHertz),
  gauge("pps_jitter_seconds", "Jitter of the pulse of every second.", (one) => one.ppsJitterSeconds),
  gauge("pps_shift_seconds", "Seconds over which the pulse is measured.", (one) => one.ppsShiftSeconds),
  gauge("pps_stability_hertz", "How much the pulse's frequency changes.", (one) => one.ppsStabilityHertz),
  counter("pps_jitter_total", "How often the pulse jittered too much.", (one) => one.ppsJitterExceeded),
  counter("pps_calibration_total", "How often the pulse was measured.", (one) => one.ppsCalibrations),
  counter("pps_error_total", "How often measuring the pulse failed.", (one) => one.ppsErrors),
  counter("pps_stability_exceeded_total", "How often the pulse's frequency changed too much.", (one) => one.ppsStabilityExceeded),
  gauge("tai_offset_seconds", "By how much atomic time is ahead.", (one) => one.taiOffsetSeconds),
];

/** How well the clock is kept. */
export function createTimexCollector(): NodeCollector {
  return {
    collector: "timex",
    parts: ["clockDiscipline"],
    families: ({ clockDiscipline }) => (clockDiscipline === undefined ? [] : columns([clockDiscipline], () => noLabels, all)),
  };
}

const noLabels = Object.freeze({});
