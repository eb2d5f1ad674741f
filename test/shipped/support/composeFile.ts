import { parse } from "yaml";
import { shippedText } from "./rules.ts";

/** A service of docker-compose.yml; anchors and merges are resolved. */
export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly pid?: string;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** docker-compose.yml, as far as tests look at it. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** Reads docker-compose.yml. */
export function composeFile(): ComposeFile {
  return parse(shippedText("docker-compose.yml"), { merge: true }) as ComposeFile;
}

/** The variables of docker-compose.yml with their defaults; one that is named twice has one default. */
export function composeVariables(): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const [, name = "", fallback = ""] of shippedText("docker-compose.yml").matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)) {
    const before = variables.get(name);
    if (before !== undefined && before !== fallback) throw new Error(`${name} has two defaults: ${before} and ${fallback}`);
    variables.set(name, fallback);
  }
  return variables;
}
