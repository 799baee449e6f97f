import type { EntryScope, PayloadRole } from "./entry.ts";
import type { MetricKind, RunStatus, StepOrigin } from "./run.ts";
import type { Millis, PlainValue } from "./values.ts";
import type { Warning } from "./warning.ts";

/**
 * What a layout found in a store. Facts come in any order and may be repeated without harm: each replaces what was known
 * of its id. Ids are made by `idOf`. Times are epoch milliseconds (fractions allowed), durations seconds.
 */
export type Fact =
  | { kind: "experiment"; id: string; name: string }
  | { kind: "run"; run: RunFact }
  | { kind: "series"; series: SeriesFact }
  | { kind: "entry"; entry: EntryFact }
  | { kind: "artifact"; artifact: ArtifactFact }
  /** Still there and unchanged (its token is the one the catalog holds): keeps it in this generation. A run keeps its series. */
  | { kind: "seen"; of: FactSubject; id: string }
  /** Known to be gone, without waiting for a full generation. */
  | { kind: "gone"; of: FactSubject; id: string };

export type FactSubject = "experiment" | "run" | "entry" | "artifact";

/** One run as a whole, with what hangs on it. */
export interface RunFact {
  id: string;
  name: string;
  experimentId: string;
  status: RunStatus;
  statusReason?: string;
  startedAt: Millis | null;
  endedAt: Millis | null;
  /** Newest change seen in the store: what `stalled` is judged by. */
  lastActivityAt: Millis | null;
  /** Names as in the HTTP API (`train_sgd.alpha`, `random_seed`). `null`: not recorded. */
  params: Record<string, PlainValue> | null;
  paramsOrigin: "recorded" | "version" | null;
  tags: Record<string, PlainValue>;
  version: {
    hash: string;
    found: "workspace" | "commit" | "snapshot" | null;
    commit: string | null;
    committedAt: Millis | null;
    seenAt: Millis | null;
  } | null;
  steps: StepUseFact[];
  metrics: MetricFact[];
  charts: ChartFact[];
  warnings: Warning[];
  /** Equal token, equal content: lets the next sweep skip this run (`LayoutContext.known`). */
  token: string;
}

export interface StepUseFact {
  process: string;
  step: string | null;
  origin: StepOrigin;
  startedAt: Millis | null;
  endedAt: Millis | null;
  /** This run's own seconds; null when reused. */
  executionSeconds: number | null;
  /** For a reused one: the run that made the result, and what making it took. */
  producer: { runId: string; startedAt: Millis | null; executionSeconds: number | null } | null;
  /**
   * The cache entry it made or used. `viaProducer`: the record does not say which; it is the entry that the step of the same name in
   * the producer run made (the catalog joins it).
   */
  entry: { id: string } | { viaProducer: true } | null;
  error?: { message: string; from: "log" | "store"; caused?: { process: string } };
}

/** Head of a metric. Points, if any, come as a `series` fact. */
export interface MetricFact {
  id: string;
  name: string;
  process: string | null;
  step: string | null;
  kind: MetricKind;
  xAxes: string[];
  value?: PlainValue;
  producerRunId: string | null;
  count: number;
  firstStep: number | null;
  lastStep: number | null;
  /** By the highest step; may be NaN or infinite. */
  last: number | null;
  /** Over finite values only. */
  min: number | null;
  max: number | null;
  nonFinite: number;
}

/** All points of one metric of one run, by rising x. Left out where `count` ≤ 1: the head says it all. */
export interface SeriesFact {
  runId: string;
  metricId: string;
  steps: Float64Array;
  /** NaN and infinities as they are. */
  values: Float64Array;
  /** Epoch ms a point; only where the points have times. */
  times: Float64Array | null;
}

/** A chart or other file that a run's record names. */
export interface ChartFact {
  artifactId: string;
  process: string | null;
  title: string;
  mediaType: string | null;
  bytesRecorded: number | null;
  createdAt: Millis | null;
  /** The run that wrote it, when reused. */
  producerRunId: string | null;
}

export interface EntryFact {
  id: string;
  experimentId: string;
  key: string;
  scope: EntryScope;
  process: string | null;
  step: string | null;
  keyParts: { name: string; value: string }[];
  /** The stored word. */
  status: string;
  /** What the owning system would do with it now, payloads aside: the catalog turns `usable` into `broken` when the result is missing. */
  state: "usable" | "not-served" | "expired" | "unknown";
  version: string | null;
  /** As the record says; the catalog prefers a run whose step use `executed` this entry. */
  producerRunId: string | null;
  createdAt: Millis | null;
  executionSeconds: number | null;
  expiresAt: Millis | null;
  ttl: { seconds: number; enforced: boolean } | null;
  /** Payloads it names, by artifact id, with the size that it was written with where that is recorded. */
  payloads: { artifactId: string; role: PayloadRole; bytesRecorded?: number | undefined }[];
  /** False: the result could not be read, so there may be more. */
  payloadsComplete: boolean;
  warnings: Warning[];
  /** Where it stands, for reading it again: slot and key or path, as the layout likes it. */
  locator: string;
  token: string;
}

/** Bytes kept under an id: a payload of the cache, a chart, any other file of the run. */
export interface ArtifactFact {
  id: string;
  experimentId: string | null;
  /** Path or object name as stored, below the source. */
  name: string;
  bytes: number | null;
  modifiedAt: Millis | null;
  mediaType: string;
  role: PayloadRole | "chart" | "file";
  /** For a payload found without an entry naming it: what its name tells. */
  process: string | null;
  step: string | null;
  keyParts: { name: string; value: string }[];
  /** Of a result: the entry that its name tells, whether there is one or not. */
  entryId?: string;
  version: string | null;
  /** Where the bytes stand: equal in every source that shows the same file or object. Never told to a browser. */
  address: string;
  /** The object store that it is in, which indexes elsewhere may name things of as well; absent: a folder of this machine. */
  bucket?: string | undefined;
  /** Where the layout reads it again. */
  locator: string;
  token: string;
}
