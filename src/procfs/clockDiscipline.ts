/**
 * adjtimex(2): how well the clock is kept. No file tells it, and Node cannot call it, so a program is asked that can: Perl, which every Debian
 * and most others have, or Python.
 */
import type { ClockDisciplineReading } from "../model/scraped.ts";
import { MalformedError } from "./errors.ts";

/** The call's number by process.arch; Perl knows no names. */
const callNumbers: Readonly<Record<string, number>> = { x64: 159, arm64: 171 };
/** struct timex of a 64-bit kernel, from `offset` to `tai`. */
const perlFields = "x8 q4 l x4 q8 l x4 q5 l";
const pythonFields = "=8x4qi4x8qi4x5qi";

/** Programs that print what the call returns and the fields of its struct, the best first; none where its layout is not known. */
export function clockPrograms(arch: string): readonly { readonly program: string; readonly args: readonly string[] }[] {
  const call = callNumbers[arch];
  if (call === undefined) return [];
  const perl = `my $b = "\\0" x 256; my $r = syscall(${call}, $b); exit 1 if $r < 0; print join(" ", $r, unpack("${perlFields}", $b)), "\\n"`;
  const python = [
    "import ctypes, struct",
    "b = ctypes.create_string_buffer(256)",
    "r = ctypes.CDLL(None).adjtimex(b)",
    `print(*([r] + list(struct.unpack_from("${pythonFields}", b)))) if r >= 0 else exit(1)`,
  ].join("\n");
  return [
    { program: "perl", args: ["-e", perl] },
    { program: "python3", args: ["-I", "-c", python] },
  ];
}

/** What adjtimex returns for a clock that nobody keeps. */
const timeError = 5;
const statusNanoseconds = 0x2000;
/** Frequencies are millionths, with 16 bits behind the point. */
const frequencyUnits = 1e6 * 65536;

/** Parses the line of such a program. */
export function parseClockDiscipline(output: string): ClockDisciplineReading {
  const numbers = output.trim().split(/\s+/).map(Number);
  if (numbers.length !== 21 || numbers.some(Number.isNaN)) throw new MalformedError("adjtimex", output, "21 numbers");
  const at = (index: number) => numbers[index] as number;
  const status = at(5);
  // what is not in microseconds anyway
  const per = (status & statusNanoseconds) === 0 ? 1e6 : 1e9;
  return {
    synchronised: at(0) !== timeError,
    offsetSeconds: at(1) / per,
    frequencyRatio: 1 + at(2) / frequencyUnits,
    mostErrorSeconds: at(3) / 1e6,
    estimatedErrorSeconds: at(4) / 1e6,
    status,
    loopTimeConstant: at(6),
    tickSeconds: at(11) / 1e6,
    ppsFrequencyHertz: at(12) / frequencyUnits,
    ppsJitterSeconds: at(13) / per,
    ppsShiftSeconds: at(14),
    ppsStabilityHertz: at(15) / frequencyUnits,
    ppsJitterExceeded: at(16),
    ppsCalibrations: at(17),
    ppsErrors: at(18),
    ppsStabilityExceeded: at(19),
    taiOffsetSeconds: at(20),
  };
}
