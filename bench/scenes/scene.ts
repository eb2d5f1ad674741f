/** What a scene is made of, and the actors that most of them share. */
import type { Sample } from "../../src/model/sample.ts";
import type { SpikeResource } from "../../src/model/spikeResource.ts";
import { type Actor, type Had, type Want, World, type WorldSize } from "./world.ts";

/** Something that asks who it is. */
export interface Ask {
  readonly resource: SpikeResource;
  /** The alert's name, as somebody else's Prometheus may call it. */
  readonly alert: string;
  readonly atSecond: number;
}

/** One second of it: what the machine showed, and what everybody really had, by the cgroups. */
export interface SceneSecond {
  readonly sample: Sample;
  readonly had: ReadonlyMap<string, Had>;
}

/** A course of events, and what is asked about it. */
export interface Course {
  readonly name: string;
  /** When the trouble begins; 0 where the machine was in it from the start. */
  readonly onsetSecond: number;
  readonly resource: SpikeResource;
  /** So soon it must be noticed. */
  readonly withinSeconds: number;
  readonly asks: readonly Ask[];
  /** All CPUs are busy from the start: it counts who wants them, not who gets them. */
  readonly byDemand?: true;
  /** Further moments at which the page is looked at. */
  readonly looks?: readonly number[];
}

/** One that is played on a made machine. */
export interface Scene extends Course {
  readonly size: WorldSize;
  readonly actors: readonly Actor[];
  readonly seconds: number;
}

/** Lets the actors of a scene do what they do. */
export function* madeSeconds({ size, actors, seconds }: Scene, random: () => number): Generator<SceneSecond> {
  const world = new World(size, random);
  for (let second = 0; second < seconds; second++) yield world.step(second, actors);
}

/** Two cores and a disk of 200 MB/s, as a small server has them. */
export const smallSize: WorldSize = { cores: 2, memoryBytes: 8e9, diskBytes: 200e6 };
/** Four cores. */
export const usualSize: WorldSize = { cores: 4, memoryBytes: 16e9, diskBytes: 400e6 };

/** An actor that wants the same from one second to another. */
export function during(name: string, from: number, to: number, want: Want): Actor {
  return { name, wants: (second) => (second >= from && second < to ? want : undefined) };
}

/** What every machine has: services that do a little, never quite the same. */
export function ordinary(random: () => number): readonly Actor[] {
  const little = (name: string, cores: number, residentBytes: number): Actor => ({
    name,
    wants: () => ({ cores: cores * (0.5 + random()), residentBytes, writtenBytes: random() < 0.2 ? 40_000 * random() : 0 }),
  });
  return [little("sshd", 0.005, 9e6), little("nginx", 0.06, 80e6), little("postgres", 0.1, 400e6), little("dockerd", 0.03, 120e6)];
}

/** A service that only waits when the disk is busy. */
export function reader(name: string): Actor {
  return { name, wants: () => ({ cores: 0.02, residentBytes: 60e6, readBytes: 20_000, waitsForDisk: 2 }) };
}
