/** The chain from a load to the message about it: which links there are, which have held, which is broken. */
import type { DeliveriesAnswer } from "../api/tellingAnswers.ts";
import type { Archive } from "../model/capture.ts";
import { isChannelMeant } from "../model/channels.ts";
import { culpritName, namedIn, spikeText } from "../model/culprit.ts";
import type { Spike, Verdict } from "../model/spike.ts";
import type { TriggerFiring } from "../model/trigger.ts";
import { listText, shortBytesText } from "../text.ts";
import { type ExpectedTrigger, spikesOf } from "./expected.ts";
import { type StressKind, stressName } from "./load.ts";

/** An archive as a list shows it, as far as the chain asks. */
type FoundArchive = Pick<Archive, "id" | "incidentKey" | "sizeBytes" | "verdict"> & { readonly url: string };

/** What the running Culprit says at a moment. */
export interface Seen {
  readonly elapsedSeconds: number;
  readonly spikes: readonly Spike[];
  readonly firings: readonly TriggerFiring[];
  readonly archives: readonly FoundArchive[];
  readonly deliveries: DeliveriesAnswer["deliveries"];
}

/** A link that has held, or is broken. */
export interface ChainLine {
  readonly seconds: number;
  readonly link: "detected" | "named" | "fired" | "archive" | "delivered" | "broken";
  readonly text: string;
}

interface ChainOptions {
  readonly kind: StressKind;
  readonly startedAtMs: number;
  /** Those that make the load. */
  readonly pids: readonly number[];
  readonly expected: readonly ExpectedTrigger[];
  /** Through which people are told; none where they are not, or not now. */
  readonly channels: readonly string[];
}

type Outcome = { readonly text: string } | { readonly problem: string } | undefined;

interface Link {
  readonly link: Exclude<ChainLine["link"], "broken">;
  /** What has not happened where it is broken. */
  readonly missing: string;
  readonly withinSeconds: number;
  look(seen: Seen): Outcome;
}

const detectSeconds = 20;
const nameSeconds = 30;
const archiveSeconds = 60;
const deliverySeconds = 40;
/** The clock of the machine that is asked is this one; ticks are a second apart. */
const slackMs = 3000;

/** Follows one load through everything. */
export class Chain {
  readonly #options: ChainOptions;
  #open: readonly Link[];
  #isBroken = false;

  constructor(options: ChainOptions) {
    this.#options = options;
    this.#open = [this.#detected(), this.#named(), ...options.expected.flatMap((trigger) => this.#linksOf(trigger))];
  }

  /** Nothing is left to wait for. */
  get isOver(): boolean {
    return this.#open.length === 0;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Waits for an archive that a person has asked for as well. */
  addCapture(id: string, elapsedSeconds: number): void {
    this.#open = [...this.#open, this.#archive(`the archive ${id}`, elapsedSeconds + archiveSeconds, (one) => one.id === id)];
  }

  /** Looks at a moment; gives back what is new. */
  take(seen: Seen): readonly ChainLine[] {
    const lines: ChainLine[] = [];
    const open: Link[] = [];
    for (const link of this.#open) {
      const outcome = link.look(seen) ?? this.#overdue(link, seen);
      if (outcome === undefined) open.push(link);
      else if ("text" in outcome) lines.push({ seconds: seen.elapsedSeconds, link: link.link, text: outcome.text });
      else {
        this.#isBroken = true;
        lines.push({ seconds: seen.elapsedSeconds, link: "broken", text: outcome.problem });
      }
    }
    this.#open = open;
    return lines;
  }

  /** Says of all that is still open that it did not happen. */
  giveUp(elapsedSeconds: number): readonly ChainLine[] {
    const lines = this.#open.map(({ missing }) => ({ seconds: elapsedSeconds, link: "broken" as const, text: missing }));
    this.#isBroken ||= lines.length > 0;
    this.#open = [];
    return lines;
  }

  #overdue({ missing, withinSeconds }: Link, { elapsedSeconds }: Seen): Outcome {
    return elapsedSeconds > withinSeconds ? { problem: `${missing} within ${withinSeconds} s` } : undefined;
  }

  #detected(): Link {
    return {
      link: "detected",
      missing: `no spike of ${listText(spikesOf[this.#options.kind])} was detected`,
      withinSeconds: detectSeconds,
      look: (seen) => {
        const spike = this.#spikesIn(seen).at(0);
        return spike === undefined ? undefined : { text: `a spike of ${spikeText(spike)}` };
      },
    };
  }

  #named(): Link {
    return {
      link: "named",
      missing: `${stressName} was not named as the one who does it`,
      withinSeconds: nameSeconds,
      look: (seen) => {
        const sentence = this.#spikesIn(seen).find(({ verdict }) => verdict !== undefined && this.#names(verdict))?.verdict?.sentence;
        return sentence === undefined ? undefined : { text: sentence };
      },
    };
  }

  #linksOf(trigger: ExpectedTrigger): readonly Link[] {
    const { name, hindered, withinSeconds, capture } = trigger;
    if (hindered !== undefined) return [];
    const fired: Link = {
      link: "fired",
      missing: `${name} did not fire`,
      withinSeconds,
      look: (seen) => {
        const firing = this.#firingIn(seen, name);
        return firing === undefined ? undefined : { text: `${name}: ${firing.reason}` };
      },
    };
    const isOfIt = (one: FoundArchive, seen: Seen) => one.incidentKey === `trigger-${this.#firingIn(seen, name)?.id}`;
    const archive = capture ? [this.#archive(`the archive of ${name}`, withinSeconds + archiveSeconds, isOfIt)] : [];
    return [fired, ...archive, ...this.#told(trigger)];
  }

  #archive(what: string, withinSeconds: number, isIt: (one: FoundArchive, seen: Seen) => boolean): Link {
    return {
      link: "archive",
      missing: `${what} was not there`,
      withinSeconds,
      look: (seen) => {
        const found = seen.archives.find((one) => isIt(one, seen));
        if (found === undefined) return undefined;
        const { verdict, url, sizeBytes } = found;
        if (verdict !== undefined && this.#names(verdict)) return { text: `${url} (${shortBytesText(sizeBytes)}) names ${stressName}` };
        return { problem: `${what} names ${verdict === undefined ? "nobody" : culpritName(verdict)}, not ${stressName}: ${url}` };
      },
    };
  }

  #told({ name, notify, withinSeconds }: ExpectedTrigger): readonly Link[] {
    const channels = this.#options.channels.filter(
      (channel) => notify === true || (notify !== false && notify.some((name) => isChannelMeant(name, channel))),
    );
    return channels.map((channel) => ({
      link: "delivered",
      missing: `no message about ${name} was delivered by ${channel}`,
      withinSeconds: withinSeconds + deliverySeconds,
      look: (seen): Outcome => {
        const firedAtMs = this.#firingIn(seen, name)?.firedAtMs;
        if (firedAtMs === undefined) return undefined;
        const told = seen.deliveries.find((one) => one.channel === channel && one.atMs >= firedAtMs && one.names.includes(name));
        if (told === undefined) return undefined;
        const answer = told.answer === undefined ? told.result : told.answer;
        return told.result === "ok"
          ? { text: `${name} by ${channel}: ${answer}` }
          : { problem: `the message about ${name} by ${channel} did not arrive: ${answer}` };
      },
    }));
  }

  #spikesIn({ spikes }: Seen): readonly Spike[] {
    const { kind, startedAtMs } = this.#options;
    const about = spikesOf[kind];
    return spikes
      .filter(({ resource }) => about.includes(resource))
      .filter((spike) => {
        const { verdict } = spike;
        // one that lasted already is this load's, too, as soon as one of its processes is named: the load before it had the same name
        return spike.startMs >= startedAtMs - slackMs || (spike.endMs === undefined && verdict !== undefined && this.#namesPids(verdict));
      })
      .sort((a, b) => about.indexOf(a.resource) - about.indexOf(b.resource));
  }

  #firingIn({ firings }: Seen, name: string): TriggerFiring | undefined {
    return firings.find(({ trigger, firedAtMs }) => trigger === name && firedAtMs >= this.#options.startedAtMs - slackMs);
  }

  #names(verdict: Verdict): boolean {
    return namedIn(verdict).some(({ group }) => group.process === stressName) || this.#namesPids(verdict);
  }

  #namesPids(verdict: Verdict): boolean {
    const { pids } = this.#options;
    return namedIn(verdict).some((share) => share.pids.some((pid) => pids.includes(pid)));
  }
}
