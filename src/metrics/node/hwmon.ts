import type { SensorChipReading } from "../../model/hardware.ts";
import { columns, type Descriptor, type NodeCollector, type NodeFamily, type NodePoint } from "./family.ts";

/** One file of one sensor. */
interface Figure {
  /** `temp`, `fan`, `in`. */
  readonly kind: string;
  /** `input`, `max`, or "" for a file that is called as its sensor. */
  readonly property: string;
  /** The sensor has such a file, too. */
  readonly hasPlain: boolean;
}

/** What a figure is shown as: the end of the family's name, and by what the file's number is multiplied or divided. */
interface Shown extends Descriptor {
  readonly times?: number;
  readonly per?: number;
}

/** Voltages, temperatures, fans: what the chips of the board and the devices measure. */
export function createHwmonCollector(): NodeCollector {
  return {
    collector: "hwmon",
    parts: ["sensors"],
    families({ sensors: chips = [] }) {
      const named = chips.flatMap(({ chip, name }) => (name === undefined ? [] : [{ chip, chip_name: name }]));
      const labelled = chips.flatMap(({ chip, sensors }) =>
        [...sensors].flatMap(([sensor, properties]) => {
          const label = properties.get("label");
          return label === undefined ? [] : [{ chip, sensor, label }];
        }),
      );
      const one = () => 1;
      return [
        ...columns(named, (labels) => labels, [
          { name: "node_hwmon_chip_names", help: "What the chip calls itself; always 1.", type: "gauge", value: one },
        ]),
        ...columns(labelled, (labels) => labels, [
          { name: "node_hwmon_sensor_label", help: "What the sensor is for; always 1.", type: "gauge", value: one },
        ]),
        ...figureFamilies(chips),
      ];
    },
  };
}

function figureFamilies(chips: readonly SensorChipReading[]): readonly NodeFamily[] {
  const families = new Map<string, { readonly descriptor: Descriptor; readonly points: NodePoint[] }>();
  for (const { chip, sensors } of chips) {
    for (const [sensor, properties] of sensors) {
      const kind = sensor.replace(/\d+$/, "");
      for (const [property, text] of properties) {
        const value = Number(text);
        const shown =
          property === "label" || text === "" || Number.isNaN(value)
            ? undefined
            : describe({ kind, property, hasPlain: properties.has("") });
        if (shown === undefined) continue;
        const { times = 1, per = 1, ...descriptor } = shown;
        const label = kind === "freq" ? properties.get("label") : undefined;
        // a clock of a graphics card is known by its name only
        if (kind === "freq" && property === "input" && label === undefined) continue;
        const family = families.get(descriptor.name) ?? { descriptor, points: [] };
        families.set(descriptor.name, family);
        const name = kind === "freq" && property === "input" ? clean(label ?? "") : sensor;
        family.points.push({ labels: { chip, sensor: name }, value: (value * times) / per });
      }
    }
  }
  return [...families.values()].map(({ descriptor, points }) => ({ ...descriptor, points }));
}

/** Names and units as node_exporter gives them; the kernel writes thousandths and millionths. */
function describe({ kind, property, hasPlain }: Figure): Shown {
  const gauge = (name: string, help: string, scale: { times?: number; per?: number } = {}): Shown => ({
    name,
    help,
    type: "gauge",
    ...scale,
  });
  if (kind === "beep_enable") return gauge("node_hwmon_beep_enabled", "1 when the chip may beep.");
  if (kind === "vrm") return gauge("node_hwmon_voltage_regulator_version", "Version of the voltage regulator.");
  if (kind === "update_interval") return gauge("node_hwmon_update_interval_seconds", "How often the chip measures.", thousandths);
  const plain = `node_hwmon_${kind}`;
  const name = property === "" || (property === "input" && !hasPlain) ? plain : `${plain}_${clean(property)}`;
  const what = property === "" || property === "input" ? "measured" : property.replaceAll("_", " ");
  if (property === "fault" || property === "alarm") return gauge(name, `1 while the sensor says: ${property}.`);
  if (property === "beep") return gauge(`${name}_enabled`, "1 when the sensor may beep.");
  if (kind === "in" || kind === "cpu") return gauge(`${name}_volts`, `Voltage: ${what}.`, thousandths);
  if (kind === "temp" && property !== "type") return gauge(`${name}_celsius`, `Temperature: ${what}.`, thousandths);
  if (kind === "curr") return gauge(`${name}_amps`, `Current: ${what}.`, thousandths);
  if (kind === "energy") return { ...gauge(`${name}_joule_total`, `Energy used: ${what}.`, millionths), type: "counter" };
  if (kind === "power" && property === "accuracy") return gauge(name, "Accuracy of the power meter, as a ratio.", millionths);
  if (kind === "power" && /^average_interval(?:_min|_max)?$/.test(property))
    return gauge(`${name}_seconds`, `Power: ${what}.`, thousandths);
  if (kind === "power") return gauge(`${name}_watt`, `Power: ${what}.`, millionths);
  if (kind === "humidity") return gauge(name, `Humidity as a ratio: ${what}.`, millionths);
  if (kind === "fan" && /^(?:input|min|max|target)$/.test(property)) return gauge(`${name}_rpm`, `Turns of the fan in a minute: ${what}.`);
  if (kind === "freq" && property === "input") return gauge(`${name}_freq_mhz`, "Clock of a graphics card in MHz.", millionths);
  return gauge(name, `What the sensor says: ${kind} ${what}.`);
}

const thousandths = { per: 1000 };
const millionths = { per: 1_000_000 };

function clean(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, "_")
    .replace(/^_+|_+$/g, "");
}
