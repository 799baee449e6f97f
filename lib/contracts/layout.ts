import type { z } from "zod";
import type { AppError } from "../domain/errors.ts";
import type { KeyParts, VersionSources } from "../domain/explain/evidence.ts";
import type { Fact, FactSubject } from "../domain/facts.ts";
import type { Graph, Log } from "../domain/run.ts";
import type { PlainValue } from "../domain/values.ts";
import type { StoreChanges, StoredThing } from "./changes.ts";
import type { Check } from "./check.ts";
import type { BlobDriver, BlobStat, Driver } from "./driver.ts";
import type { LostResult, Revival } from "./revive.ts";

/** Files of one version that the product copied when it saw a run begin. */
export interface Snapshot {
  hash: string;
  seenAt: number;
  files: { path: string; bytes: Uint8Array }[];
}

/** What a layout may ask of the house. All of it is safe to call from a thread. */
export interface LayoutContext {
  readonly sourceId: string;
  readonly options: Record<string, unknown>;
  /** Epoch ms; tests set it. */
  now(): number;
  /** Tokens that the catalog holds for these ids, so that unchanged things need not be read again. */
  known(of: FactSubject, ids: readonly string[]): Promise<Map<string, string>>;
  /** Longest recorded executions, seconds, by process: what `stalled` is judged by. */
  longestExecutions(experimentId: string): Promise<Map<string, number>>;
  /** Versions kept in state, without their bytes. */
  snapshots: {
    list(): Promise<{ hash: string; seenAt: number }[]>;
    read(hash: string): Promise<Snapshot | null>;
    save(snapshot: Snapshot): Promise<void>;
  };
  /** Which version a run was seen to begin with: kept in state, since a run that reuses everything records none. The first sight stays. */
  begins: {
    find(experimentName: string, runName: string): Promise<string | null>;
    note(experimentName: string, runName: string, hash: string): Promise<void>;
  };
  /** When points of watched runs were seen to come, kept in state: numbers by metric id, whose meaning is the layout's. */
  pointSightings: {
    /** Ids of the runs of which there are any. */
    runs(): Promise<string[]>;
    find(runId: string): Promise<ReadonlyMap<string, Float64Array>>;
    /** Replaces those of the metrics that are named. */
    save(runId: string, sightings: ReadonlyMap<string, Float64Array>): Promise<void>;
  };
  /** Derived results kept by key and token (such as the references inside a result file), so that a restart need not read it again. */
  memo: {
    get(keys: readonly string[]): Promise<Map<string, { token: string; value: PlainValue }>>;
    set(items: readonly { key: string; token: string; value: PlainValue }[]): Promise<void>;
  };
  /** A part (one of several stores) cannot be watched while the rest goes on; `null`: it is watched again, and what it missed is to be swept. */
  trouble(part: string, failure: unknown): void;
  log(level: "info" | "warn", message: string, facts?: Record<string, unknown>): void;
}

/**
 * Drivers by slot. A slot may hold several. `scope` names the one project (experiment) that a driver holds, and its root is then that
 * project's own place (a SQLite file of the project; a folder driver rooted at the project folder: `.wine-lab/cache/…`). `scope` null:
 * it may hold several, and its root is the workspace (`wine-lab/.wine-lab/cache/…`).
 */
export type OpenSlots = Record<string, { driver: Driver; scope: string | null }[]>;

/** A driver that a folder suggests opening; `path` is below that folder ("" is the folder itself). */
export interface SlotPlan {
  slot: string;
  scope: string | null;
  open:
    | { engine: "sqlite" | "git"; path: string }
    | {
        engine: "files";
        path: string;
        /** An index stands in it that is not opened, since another was named: that one may name what is in it. */
        hasOtherIndex?: boolean;
      }
    | {
        engine: "redis";
        url: string;
        /** With it TLS is spoken whatever the address says: the authority to trust (PEM), and the name that the certificate is for. */
        tls?: { caFile?: string; serverName?: string };
      }
    | {
        engine: "firestore";
        project: string;
        database: string | null;
        keyFile: string | null;
        emulatorHost: string | null;
      }
    | { engine: "gcs"; bucket: string; prefix: string; keyFile?: string | null; emulatorHost: string | null };
  /** The rest can be shown without it: when it cannot be opened, the source says so and goes on. */
  optional?: boolean;
  /** The file that names it, for the failure to open it. */
  namedIn?: string;
}

/** A value that a system's own file says. */
export interface SystemSetting {
  /** Whose it is, such as a project. */
  scope: string;
  name: string;
  value: string | number | { set: boolean };
  /** Below the folder. */
  file: string;
  /** Within the file; "" is the file itself. */
  at: string;
  /** The variable that wins over it, or that it wins over. */
  variable?: string;
  yields?: string;
  /** The same file says otherwise at another place, which does not count. */
  other?: { at: string; value: SystemSetting["value"] };
}

/** What the layout found at a place, before it is opened: a guess that detection compares. */
export interface Recognition {
  /** 0–1; the highest wins. */
  precision: number;
  label: string;
}

export interface CodeFile {
  path: string;
  bytes: Uint8Array;
  truncated: boolean;
}

/** The key of a process (`step` null) or step as a run's record tells it. */
export interface ToldKey {
  process: string;
  step: string | null;
  parts: KeyParts;
  /** The version that its result was made with. */
  version: string | null;
}

/** A fact's own words for where its subject stands and what it was. */
export interface ToldSubject {
  of: "entry" | "artifact";
  locator: string;
  token: string;
}

/** A place in a store, in the driver's own words. */
export interface StorePlace {
  store: string;
  locator: string;
}

/**
 * `as-told` carries the token that guards a change: only exactly this content may be set aside. `changed`, `gone`: with the place that was looked at,
 * when there is one. `refused`: it stands there, or may, but must not be changed now (a store that may only be read or cannot be reached, a run at
 * work in it).
 */
export type Subject =
  | ({ state: "as-told"; thing: StoredThing } & StorePlace)
  | { state: "changed" | "gone"; at?: StorePlace }
  | { state: "refused"; failure: AppError };

/** What of a source may be changed, and how. A store's name stays the same over restarts: receipts carry it. */
export interface ChangeableLayout {
  stores(): { store: string; driver: Driver }[];
  /** What stands in a store where facts of entries or artifacts said, in the order of `told`. */
  subjects(context: LayoutContext, told: readonly ToldSubject[]): Promise<Subject[]>;
  /** For putting back and discarding what a `Subject` named; throws `gone` when this source has no such store. */
  changesOf(store: string): StoreChanges;
  /** Facts of what stands at these places of a store now, and that something is gone where nothing does. */
  factsAt(context: LayoutContext, store: string, locators: readonly string[]): Promise<Fact[]>;
  /** How entries come back whose results are still there, in the order of `lost`. Absent: this system's records do not tell it. */
  revivals?(context: LayoutContext, lost: readonly LostResult[]): Promise<Revival[]>;
}

/** A layout laid over open drivers. Optional methods are its capabilities. */
export interface OpenLayout {
  /** Capability names for people and for `Source.capabilities`, and one-line suggestions. */
  describe(): Promise<{ capabilities: string[]; hints: string[] }>;
  /**
   * Everything stored, in batches (≤ 1,000 facts or ≤ 4 MB), newest and most useful first where the engine allows.
   * Throws `AppError` when the store fails midway: what was given so far stays, nothing is taken as gone.
   */
  scan(context: LayoutContext, signal: AbortSignal): AsyncIterable<Fact[]>;
  /** Changes from now on, in batches; ends with the signal. Absent: only sweeps tell. */
  watch?(context: LayoutContext, signal: AbortSignal): AsyncIterable<Fact[]>;
  /** Seconds from the begin of one scan to that of the next, so that a change is seen although nothing tells of it; null: each is seen as it comes. */
  readonly sweepSeconds: number | null;
  /** Seconds that lie between two scans at least, where what is read is counted or paid. */
  readonly restSeconds?: number;
  /**
   * Someone looks at a run, on a page of its own or as a row: where it was told in parts, since reading is counted, the rest of it is read first and told
   * by `watch`.
   */
  lookAt?(runName: string, experimentName: string, look: "opened" | "listed"): void;
  /** The run's graph; nodes' origins come from its step uses. */
  readGraph?(
    context: LayoutContext,
    runName: string,
    experimentName: string,
  ): Promise<Omit<Graph, "nodes"> & { nodes: Omit<Graph["nodes"][number], "origin">[] }>;
  readLog?(
    context: LayoutContext,
    runName: string,
    experimentName: string,
    range: { offset: number; limit: number },
  ): Promise<Log>;
  /** Config and code of a version hash; `null` when no files match it. */
  readVersion?(
    context: LayoutContext,
    hash: string,
    experimentName: string,
  ): Promise<{ config: CodeFile | null; files: CodeFile[]; environment: Record<string, PlainValue> } | null>;
  /** The keys that a run's own records tell of its processes and steps: known also where their entries are gone. */
  readKeys?(context: LayoutContext, runName: string, experimentName: string): Promise<ToldKey[]>;
  /** What a version says that goes into the keys of these processes; `null` when no files match it. */
  readKeySources?(
    context: LayoutContext,
    hash: string,
    experimentName: string,
    processes: readonly string[],
  ): Promise<VersionSources | null>;
  /** The stored records of a run or entry as they are, bounded (64 KB a record). */
  readRawRun(context: LayoutContext, runName: string, experimentName: string): Promise<Record<string, PlainValue>>;
  readRawEntry(context: LayoutContext, locator: string): Promise<PlainValue>;
  /** Absent: nothing of this source may be changed. */
  readonly changing?: ChangeableLayout;
  /** Opens an artifact by the locator its fact carried. `null` when it is gone. */
  openArtifact(locator: string): Promise<{ blobs: BlobDriver; path: string; stat: BlobStat } | null>;
  close(): Promise<void>;
}

export interface LayoutDefinition {
  /** `expops`, `lmcache`, … */
  readonly name: string;
  /** Slots with the kinds each takes; the first kind listed is the usual one. */
  readonly slots: Record<string, { kinds: Driver["kind"][]; required: boolean }>;
  readonly options: z.ZodType;
  /** `keyStore`: what the environment says in place of a config. For a folder: what of it belongs in which slot; `null` when the folder is none of this system's. Cheap: a few lookups. */
  discover?(folder: BlobDriver, folderName: string, keyStore?: string): Promise<SlotPlan[] | null>;
  /** What its own files in a folder say of its stores. */
  ownSettings?(folder: BlobDriver, folderName: string): Promise<SystemSetting[]>;
  /** Is this system's data here? Cheap: a few lookups. */
  recognises(slots: OpenSlots): Promise<Recognition | null>;
  /** What to look at of the data in open slots, and of what breaks the promise of a cache. Nothing is written. */
  check?(slots: OpenSlots, context: LayoutContext): Check[];
  /** In a store of keys: what its keys begin with, and the patterns of the channels that it listens to. For rights. */
  readonly keys?: { prefix: string; channels: readonly string[] };
  /** `outOfReach`: what could not be opened now. What it holds is not known, so nothing may be told in its place. */
  open(slots: OpenSlots, context: LayoutContext, outOfReach?: readonly SlotPlan[]): Promise<OpenLayout>;
}
