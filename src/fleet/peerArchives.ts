/** What archives the other hosts have: all are asked at the same time, and a host that does not answer is named with the reason. */
import { z } from "zod";
import type { FleetArchive, FleetPending } from "../api/archiveAnswers.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { parseJson } from "../model/json.ts";
import { askAll } from "./askAll.ts";
import { type KnownHost, nameOfHost } from "./ownership.ts";
import { PeerProblem, type Peers, rootOf } from "./peers.ts";
import { saidIn } from "./relayDelivery.ts";

/** What a host answered. */
export type PeerList = { readonly host: string; readonly address: string } & (
  | { readonly result: "ok"; readonly archives: readonly FleetArchive[]; readonly pending: readonly FleetPending[] }
  | { readonly result: "failed"; readonly reason: string }
);

const answerSeconds = 3;
const keptBytes = 2 * 1024 * 1024;

const common = { id: z.string(), origin: z.string(), name: z.string(), fingerprint: z.string().optional(), url: z.string().optional() };
const answerSchema = z.object({
  pending: z.array(z.object({ ...common, requestedAtMs: z.number() })),
  archives: z.array(
    z.object({ ...common, createdAtMs: z.number(), sizeBytes: z.number(), sha256: z.string(), process: z.string().optional() }),
  ),
});

/** Asks all hosts for their newest archives, `limit` of each. */
export async function listPeerArchives(
  peers: Peers,
  hosts: readonly KnownHost[],
  { limit, signal, clock }: { readonly limit: number; readonly signal: AbortSignal; readonly clock: Clock },
): Promise<readonly PeerList[]> {
  const asked = await askAll(hosts, clock, (host) => askForList(peers, host, limit, signal));
  return asked.map(({ host, answer, reason }): PeerList => {
    const who = { host: nameOfHost(host), address: host.address };
    return answer === undefined ? { ...who, result: "failed", reason } : { ...who, result: "ok", ...answer };
  });
}

async function askForList(peers: Peers, host: KnownHost, limit: number, signal: AbortSignal) {
  const { status, text, redirect } = await peers.ask(host, {
    method: "GET",
    path: `archives?limit=${limit}&joined=no`,
    headers: { accept: "application/json" },
    timeoutSeconds: answerSeconds,
    signal,
    keptBytes,
  });
  if (redirect !== undefined) throw new PeerProblem(`it answered ${status}, a redirect to ${redirect} that is not followed`);
  if (status !== 200) {
    const hint = status === 401 || status === 403 ? "; its token in relay.tokenFile or relay.tokens needs the scope read" : "";
    throw new PeerProblem(`it answered ${status}: ${saidIn(text)}${hint}`);
  }
  const list = answerSchema.safeParse(parseJson(text));
  if (!list.success) throw new PeerProblem("it answered with something that is no list of archives");
  const located = <One extends { id: string; url?: string | undefined; fingerprint?: string | undefined }>({
    url,
    fingerprint,
    ...one
  }: One) =>
    defined({
      ...one,
      fingerprint,
      url: linkOf(host, one.id, url),
    });
  return {
    archives: list.data.archives.map(({ process, ...one }) => defined({ ...located(one), process })),
    pending: list.data.pending.map(located),
  };
}

/** As the host calls it, for it knows its address outside; but never anything that a browser would run. */
function linkOf(host: KnownHost, id: string, url: string | undefined): string {
  if (url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  return new URL(`archives/${encodeURIComponent(id)}.tar.gz`, rootOf(host)).href;
}
