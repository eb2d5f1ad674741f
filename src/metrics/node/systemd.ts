import { unitStates } from "../../model/units.ts";
import { columns, type NodeCollector } from "./family.ts";

/** Units of systemd: those that have failed or were chosen, and services that were started again. */
export function createSystemdCollector(): NodeCollector {
  return {
    collector: "systemd",
    parts: ["units"],
    families({ units = [] }) {
      const inStates = units.flatMap(({ name, state, type = "" }) =>
        unitStates.map((one) => ({ name, state: one, type, is: one === state })),
      );
      return [
        ...columns(inStates, ({ name, state, type }) => ({ name, state, type }), [
          { name: "node_systemd_unit_state", help: "1 for the state that the unit is in.", type: "gauge", value: ({ is }) => Number(is) },
        ]),
        ...columns(units, ({ name }) => ({ name }), [
          {
            name: "node_systemd_service_restart_total",
            help: "How often systemd has started the service again by itself.",
            type: "counter",
            value: ({ restarts }) => restarts,
          },
        ]),
      ];
    },
  };
}
