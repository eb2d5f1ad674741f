/** What is sent of a scrape's families, whatever the format: the series of this moment. */

/** One value of a family; a part of a histogram has a name of its own. */
interface SeriesPoint {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** A family, as the metrics hand it out. */
export interface SeriesFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly points: Iterable<SeriesPoint>;
  /** One of those that node_exporter has, and textfiles. */
  readonly isNode?: boolean;
}

/** Where batches of metrics come from. */
export interface SeriesSource {
  /** All series of this moment. */
  readonly families: () => Promise<readonly SeriesFamily[]>;
  /** Labels of every series; a label of its own wins. */
  readonly labels: Readonly<Record<string, string>>;
  readonly wallMs: () => number;
  /** Lets others have a turn. */
  readonly nextTurn: () => Promise<void>;
}

/** So many points are written between two turns of the event loop. */
export const pointsPerTurn = 150;
