import type { Graph, StepOrigin } from "../run.ts";
import type { PlainValue } from "../values.ts";
import type { Warning } from "../warning.ts";

/** Name of a part of a key, by its value. */
export type KeyParts = Readonly<Record<string, string>>;

/** What a run did at a process (`step` null) or step, with the key that it was looked up by. */
export interface KeyedUse {
  process: string;
  step: string | null;
  origin: StepOrigin;
  entryId: string | null;
  /** `null`: not recorded. */
  parts: KeyParts | null;
  /** The version that its result was made with; `null`: not recorded. */
  version: string | null;
  startedAt: string | null;
  endedAt: string | null;
  producer: { runId: string; startedAt: string | null; executionSeconds: number | null } | null;
}

/** One run with the keys of its uses. */
export interface KeyedRun {
  id: string;
  name: string;
  startedAt: string | null;
  version: string | null;
  uses: readonly KeyedUse[];
}

/** What a version says that goes into the keys of its processes. Values are shown, so secrets are masked. */
export interface VersionSources {
  /** Settings that every process but a chart has in its key, by path. */
  shared: Readonly<Record<string, PlainValue>>;
  /** Names of the sections at the top of the configuration. */
  sections: readonly string[];
  processes: Readonly<Record<string, ProcessSources>>;
}
export interface ProcessSources {
  isChart: boolean;
  /** Its own settings by path. */
  own: Readonly<Record<string, PlainValue>>;
  /** Functions that its key covers, or (of a chart) the whole script. `null`: they were not found. */
  code: readonly { name: string; text: string; compared: string }[] | null;
}

/** An earlier run that had a result under the very key. */
export interface EarlierUse {
  runId: string;
  runName: string;
  startedAt: string | null;
  /** When the result was there, where the run made it itself. */
  endedAt: string | null;
  origin: StepOrigin;
}

/** What was seen of an entry when it died. */
export interface EntryDeath {
  kind: "gone" | "payload-gone";
  /** Epoch ms. */
  seenAt: number;
  /** When its life was to end; `null`: never. */
  expiresAt: number | null;
}

/** All that is known for explaining one process or step of a run. Plain data: nothing here asks for more. */
export interface Evidence {
  run: KeyedRun;
  /** False while not everything stored has been read once: then "never before" cannot be said. */
  complete: boolean;
  /** The previous run that reached the process, or the one that was asked for. */
  baseline: KeyedRun | null;
  /** The previous run that had a result there; often the same. */
  lastResult: KeyedRun | null;
  /** For a step: what it was in the baseline, or in the run that made the result of its process which the baseline reused. */
  stepBefore?: KeyedUse | null;
  graph: Pick<Graph, "origin" | "edges">;
  /** Processes that draw charts: their keys hold no shared setting. */
  charts: ReadonlySet<string>;
  sources: ReadonlyMap<string, VersionSources>;
  /** Newest first. */
  earlierUses: readonly EarlierUse[];
  deaths: readonly EntryDeath[];
  /** Earlier entries of the same place, newest first. */
  earlierEntries: readonly { entryId: string; runId: string | null; runName: string | null; parts: KeyParts }[];
  /** Entries of this place end by themselves in this store. */
  entriesExpire: boolean;
  /** Results of this place can never be stored, since its name is too long. */
  nameTooLong: boolean;
  /** What the run is warned of: a reuse may be stale, or of mixed descent. */
  warnings: readonly Warning[];
  /** Names of other runs by id. */
  runNames: Readonly<Record<string, string>>;
}
