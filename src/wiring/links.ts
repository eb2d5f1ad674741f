/** Addresses for messages: where a person outside reaches this Culprit. Without an external URL that is unknown, and there are none. */
import type { Config } from "../config.ts";

/** The page of an archive's file. */
export function archiveUrl(config: Pick<Config, "web">, id: string): string | undefined {
  return below(config, `/archives/${id}.tar.gz`);
}

/** The live page at a moment. */
export function pageUrl(config: Pick<Config, "web">, atMs: number): string | undefined {
  return below(config, `/?at=${Math.round(atMs)}`);
}

function below({ web: { externalUrl } }: Pick<Config, "web">, path: string): string | undefined {
  return externalUrl === undefined ? undefined : `${externalUrl.replace(/\/+$/, "")}${path}`;
}
