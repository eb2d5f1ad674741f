/** Prometheus' file_sd files: a list of `{ targets: [address], labels: { instance: name } }`, as YAML or JSON. */
import { parse } from "yaml";
import { z } from "zod";
import { defined } from "../model/defined.ts";
import type { KnownHost } from "./ownership.ts";

const GROUPS = z.array(
  z.object({
    targets: z.array(z.string().min(1)),
    labels: z.record(z.string(), z.coerce.string()).nullish(),
  }),
);

/** Parses one file by the ending of its name. An empty YAML file is an empty list, as for Prometheus. */
export function parseTargets(name: string, text: string): readonly KnownHost[] {
  const content: unknown = name.endsWith(".json") ? JSON.parse(text) : parse(text);
  const groups = GROUPS.safeParse(content ?? []);
  if (!groups.success) {
    const issue = groups.error.issues[0];
    throw new Error(
      `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}; expected a list like [{ targets: ["web1:10054"], labels: { instance: "web1" } }]`,
    );
  }
  return groups.data.flatMap(({ targets, labels }) => targets.map((address) => knownHost(address, labels ?? {})));
}

function knownHost(address: string, { instance = "", __scheme__: scheme }: Readonly<Record<string, string>>): KnownHost {
  return defined({ address, instance: instance === "" ? undefined : instance, scheme: scheme === "https" ? scheme : undefined });
}

/** Where the files of one pattern lie: a directory, and what a name in it must look like. */
export interface TargetPattern {
  readonly directory: string;
  readonly name: RegExp;
}

/** Splits `prometheus/targets/*.yml`. Throws on what Prometheus would refuse as well. */
export function parsePattern(pattern: string): TargetPattern {
  const cut = pattern.lastIndexOf("/");
  const directory = cut < 0 ? "." : pattern.slice(0, cut) || "/";
  const name = pattern.slice(cut + 1);
  if (directory.includes("*")) throw new Error(`hosts.files: ${JSON.stringify(pattern)}: expected a * only in the last part of the path`);
  if (!/\.(?:json|ya?ml)$/.test(name)) {
    throw new Error(`hosts.files: ${JSON.stringify(pattern)}: expected a name that ends in .yml, .yaml or .json`);
  }
  const escaped = name.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return { directory, name: new RegExp(`^${escaped.join(".*")}$`, "s") };
}
