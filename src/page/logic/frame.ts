/**
 * A stretch of the machine's time on an even grid: what charts draw and what the table reads. Pure.
 *
 * The live window is a frame of seconds that grows at its end; a range of the recording is one that came downsampled from the server.
 * A slot of which nothing is recorded stays empty until something comes for it.
 */
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type RecordedFigure, recordedValues } from "../../model/hostFigures.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import { type MountRollup, mountsOf, usedRatio } from "../../recorder/format/mounts.ts";
import { stepsOf } from "../../recorder/format/rollup.ts";
import { copySlot, isNothing, newTrack, put, type Track } from "./track.ts";

/** One group over the slots of a frame. */
export interface GroupTracks {
  readonly labels: GroupLabels;
  readonly tracks: Map<ResourceKey, Track>;
}

/** A file system over the slots of a frame: how full it is. */
export interface MountTrack {
  /** As it was last seen. */
  sizeBytes: number;
  readonly track: Track;
}

/** A stretch of time. */
export class Frame {
  readonly stepMs: number;
  /** The beginning of every slot. */
  readonly times: number[] = [];
  /** How much of every slot is recorded; 0 where nothing is. */
  readonly seconds: number[] = [];
  readonly gaps = new Set<number>();
  readonly figures = new Map<RecordedFigure, Track>();
  readonly groups = new Map<string, GroupTracks>();
  /** By mount point. */
  readonly mounts = new Map<string, MountTrack>();
  /** As the newest second has them that says something of them. */
  #room: readonly MountRollup[] = [];

  constructor(stepMs: number) {
    this.stepMs = stepMs;
  }

  get length(): number {
    return this.times.length;
  }

  get fromMs(): number {
    return this.times[0] ?? 0;
  }

  /** The end of the last slot. */
  get toMs(): number {
    return this.length === 0 ? 0 : (this.times.at(-1) ?? 0) + this.stepMs;
  }

  /** When the newest recorded slot begins. */
  get newestMs(): number | undefined {
    for (let slot = this.length - 1; slot >= 0; slot--) if ((this.seconds[slot] ?? 0) > 0) return this.times[slot];
    return undefined;
  }

  /** The slot of a moment; may lie outside. */
  slotOf(atMs: number): number {
    return Math.floor((atMs - this.fromMs) / this.stepMs);
  }

  isRecorded(slot: number): boolean {
    return (this.seconds[slot] ?? 0) > 0;
  }

  /** Takes a second in: those before the first slot are refused, those behind the last one make the frame longer. */
  add(second: RecordedSnapshot): void {
    const { takenAtMs, elapsedSeconds = 1, gap, host, groups } = second;
    this.#room = mountsOf(host) ?? this.#room;
    const since = gap ? {} : { sinceMs: takenAtMs - elapsedSeconds * 1000 };
    const starts = stepsOf(
      { atMs: takenAtMs, ...since, firstMs: takenAtMs, lastMs: takenAtMs, seconds: 1, figures: {}, groups: [] },
      { fromMs: this.length > 0 ? this.fromMs : Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, stepMs: this.stepMs },
    );
    for (const startMs of starts) {
      if (this.length > 0 && startMs < this.fromMs) continue;
      const slot = this.#reach(startMs);
      const before = this.seconds[slot] ?? 0;
      const recorded = Math.min(elapsedSeconds, this.stepMs / 1000);
      for (const [figure, value] of Object.entries(recordedValues(host)) as [RecordedFigure, number | undefined][]) {
        if (value !== undefined) put(this.#figure(figure), slot, value, before, recorded, gap);
      }
      const seen = new Set<string>();
      for (const group of groups) {
        const key = groupId(group);
        seen.add(key);
        const { tracks } = this.#group(key, group);
        for (const resource of resourceKeys) {
          const value = group.usage[resource];
          if (value !== undefined) put(this.#trackOf(tracks, resource), slot, value, before, recorded, gap);
        }
      }
      // a group that is not in a line used nothing that would have been shown
      for (const [key, { tracks }] of this.groups)
        if (!seen.has(key)) for (const track of tracks.values()) put(track, slot, 0, before, recorded, gap);
      for (const mount of this.#room) put(this.#mount(mount.mountpoint, mount.sizeBytes), slot, usedRatio(mount), before, recorded, gap);
      this.seconds[slot] = Math.max(before, recorded);
      if (gap) this.gaps.add(startMs);
    }
  }

  /** Takes over what another frame of the same step knows of slots that are empty here. */
  fill(other: Frame): void {
    if (other.stepMs !== this.stepMs || other.length === 0) return;
    if (this.#room.length === 0) this.#room = roomOf(other);
    this.#extendBack(other.fromMs);
    for (let from = 0; from < other.length; from++) {
      const startMs = other.times[from] ?? 0;
      const slot = this.#reach(startMs);
      if (!other.isRecorded(from) || this.isRecorded(slot)) continue;
      this.seconds[slot] = other.seconds[from] ?? 0;
      if (other.gaps.has(startMs)) this.gaps.add(startMs);
      for (const [figure, track] of other.figures) copySlot(track, from, this.#figure(figure), slot);
      for (const [key, { sizeBytes, track }] of other.mounts) copySlot(track, from, this.#mount(key, sizeBytes), slot);
      for (const [key, { labels, tracks }] of other.groups) {
        const own = this.#group(key, labels);
        for (const [resource, track] of tracks) copySlot(track, from, this.#trackOf(own.tracks, resource), slot);
      }
    }
  }

  /** Forgets what lies before a moment, and the groups of which nothing is left. */
  dropBefore(ms: number): void {
    const count = Math.min(this.length, Math.max(0, Math.ceil((ms - this.fromMs) / this.stepMs)));
    if (count === 0) return;
    for (const list of this.#lists()) list.splice(0, count);
    for (const startMs of this.gaps) if (startMs < this.fromMs) this.gaps.delete(startMs);
    for (const [key, { tracks }] of this.groups) if (isNothing(tracks.values())) this.groups.delete(key);
  }

  clear(): void {
    for (const list of this.#lists()) list.length = 0;
    this.gaps.clear();
    this.figures.clear();
    this.groups.clear();
    this.mounts.clear();
  }

  /** The part between two moments, as a frame of its own. */
  slice(fromMs: number, toMs: number): Frame {
    const first = Math.max(0, this.slotOf(fromMs));
    const end = Math.min(this.length, Math.ceil((toMs - this.fromMs) / this.stepMs));
    const part = new Frame(this.stepMs);
    part.times.push(...this.times.slice(first, end));
    part.seconds.push(...this.seconds.slice(first, end));
    const cut = (track: Track): Track => ({ mean: track.mean.slice(first, end), peak: track.peak.slice(first, end) });
    for (const startMs of this.gaps) if (startMs >= part.fromMs && startMs < part.toMs) part.gaps.add(startMs);
    for (const [figure, track] of this.figures) part.figures.set(figure, cut(track));
    for (const [key, { sizeBytes, track }] of this.mounts) part.mounts.set(key, { sizeBytes, track: cut(track) });
    for (const [key, { labels, tracks }] of this.groups) {
      part.groups.set(key, { labels, tracks: new Map([...tracks].map(([resource, track]) => [resource, cut(track)])) });
    }
    return part;
  }

  /** The slot that begins then, made if it lies behind the end. */
  #reach(startMs: number): number {
    if (this.length === 0) this.#push(startMs);
    while (this.toMs <= startMs) this.#push(this.toMs);
    return this.slotOf(startMs);
  }

  #push(startMs: number): void {
    this.times.push(startMs);
    this.seconds.push(0);
    for (const track of this.#tracks()) {
      track.mean.push(null);
      track.peak.push(null);
    }
  }

  #extendBack(fromMs: number): void {
    if (this.length === 0 || fromMs >= this.fromMs) return;
    const count = Math.round((this.fromMs - fromMs) / this.stepMs);
    const nothing = new Array<null>(count).fill(null);
    this.times.unshift(...nothing.map((_, index) => fromMs + index * this.stepMs));
    this.seconds.unshift(...nothing.map(() => 0));
    for (const track of this.#tracks()) {
      track.mean.unshift(...nothing);
      track.peak.unshift(...nothing);
    }
  }

  #figure(figure: RecordedFigure): Track {
    let track = this.figures.get(figure);
    if (track === undefined) {
      track = newTrack(this.length);
      this.figures.set(figure, track);
    }
    return track;
  }

  #group(key: string, labels: GroupLabels): GroupTracks {
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { labels: labelsOf(labels), tracks: new Map() };
      this.groups.set(key, group);
    }
    return group;
  }

  #mount(key: string, sizeBytes: number): Track {
    const known = this.mounts.get(key) ?? { sizeBytes, track: newTrack(this.length) };
    known.sizeBytes = sizeBytes;
    this.mounts.set(key, known);
    return known.track;
  }

  #trackOf(tracks: Map<ResourceKey, Track>, resource: ResourceKey): Track {
    let track = tracks.get(resource);
    if (track === undefined) {
      track = newTrack(this.length);
      for (const [slot, recorded] of this.seconds.entries()) if (recorded > 0) track.mean[slot] = track.peak[slot] = 0;
      tracks.set(resource, track);
    }
    return track;
  }

  *#tracks(): Iterable<Track> {
    yield* this.figures.values();
    for (const { track } of this.mounts.values()) yield track;
    for (const { tracks } of this.groups.values()) yield* tracks.values();
  }

  *#lists(): Iterable<unknown[]> {
    yield this.times;
    yield this.seconds;
    for (const { mean, peak } of this.#tracks()) yield* [mean, peak];
  }
}

/** As it was last known. */
function roomOf({ mounts }: Frame): readonly MountRollup[] {
  return [...mounts].flatMap(([mountpoint, { sizeBytes, track }]) => {
    const used = track.mean.findLast((value) => value !== null);
    return used == null ? [] : [{ mountpoint, sizeBytes, availableBytes: (1 - used) * sizeBytes }];
  });
}
