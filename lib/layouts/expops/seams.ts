import type { BlobDriver } from "../../contracts/driver.ts";
import type { CodeFile } from "../../contracts/layout.ts";
import type { PayloadRole } from "../../domain/entry.ts";
import type { ArtifactFact } from "../../domain/facts.ts";
import type { Graph, Log } from "../../domain/run.ts";
import type { Millis, PlainValue } from "../../domain/values.ts";
import type { VersionFiles } from "./version-files.ts";

/**
 * What the parts of this layout promise each other. Process and step names are those that the author gave, as shown
 * (`train_sgd`, `fit[seed=41]`; see `displayProcess` in keys.ts), unless a comment says "as stored" (`//process[@name='train_sgd']`).
 */

/** A folder inside one blob driver: `""` is the driver's root; no slash at either end. */
export interface Folder {
  driver: BlobDriver;
  folder: string;
  /** Put before a path of this driver to make its name within the source (`""`, or the slot's scope and a slash). */
  namePrefix: string;
}

/** A folder that holds `cache/` and `artifacts/`. */
export interface Runtime extends Folder {
  /**
   * `local`: `cache/<version>/<probe path>/…`, `artifacts/<version>/…` (0.1.25 and later). `old`: `cache/steps/*.pkl`,
   * `artifacts/charts/<run>/…` (up to 0.1.9). `bucket`: as `local`, with the run below `steps/`.
   */
  era: "local" | "old" | "bucket";
  /** A bucket in which nothing of the project was there when it was looked at. */
  isEmpty?: boolean;
}

/** A file in one of them, by its path in the driver. */
export interface PlacedFile {
  runtime: Runtime;
  path: string;
}

/** Where one project's files stand. */
export interface ProjectPlace {
  project: string;
  /** Where results and charts are: a folder, a bucket, or both, when the project moved from one to the other. */
  runtimes: readonly Runtime[];
  /** Holds `logs/`: on the machine that ran, also where results are in a bucket. */
  logs: Folder | null;
  /** Folders that hold `configs/project_config.yaml` and the scripts: the workspace first, then histories (git). May be empty. */
  code: readonly Folder[];
}

/**
 * Answers where a project stands (a project that only the index knows: all of it empty). Found places are kept; those not found are looked
 * for again. Made by `openPlaces` in places.ts; `openVersionBook(places, context)`, `openLogBook(places, context)` and
 * `openPayloadScan(places, context)` take it.
 */
export interface ProjectPlaces {
  of(project: string): Promise<ProjectPlace>;
  all(): Promise<ProjectPlace[]>;
}

// --- versions ----------------------------------------------------------------------------------------------------

export interface FoundVersion {
  hash: string;
  found: "workspace" | "commit" | "snapshot";
  commit: string | null;
  committedAt: Millis | null;
  seenAt: Millis | null;
  /** Named as in the HTTP API: `<process>.<param>`; global ones `<param>` (`random_seed`). */
  params: Record<string, PlainValue>;
  /** Processes of this version that draw charts. */
  chartProcesses: ReadonlySet<string>;
}

/** Which files on disk, in the history or among the kept copies have a version hash. */
export interface VersionBook {
  /** `null`: no files with this hash are known. Cheap when asked again. */
  lookup(hash: string, project: string): Promise<FoundVersion | null>;
  /**
   * A run was seen that has just begun: keeps a copy of the present config and scripts, unless they are kept already. Never throws. With the run's
   * name, and when none of the files changed since the run began, their hash is remembered as that of the run.
   */
  noteRunBegin(project: string, runName?: string): Promise<void>;
  /** The version hash that a run was seen to begin with; `null`: not seen. For a run that reused everything, which records none itself. */
  begunWith(runName: string, project: string): Promise<string | null>;
  /** Changes whenever a lookup that failed might now succeed (new commit, changed files, new copy): part of a run's token. */
  stamp(project: string): Promise<string>;
  /** The files as they are, with what secrets they may hold: for looking into, never to be shown. */
  readFiles(hash: string, project: string): Promise<VersionFiles | null>;
  /** The files for showing, secrets masked. */
  read(
    hash: string,
    project: string,
  ): Promise<{ config: CodeFile | null; files: CodeFile[]; environment: Record<string, PlainValue> } | null>;
  /**
   * The graph of a version, or of the present config (`hash` null or not found); `processes`: those that the run recorded
   * (fan-out copies; all there are, when `isCompleted`). A process node's id and label are its shown name; a step node has its process as `parentId`.
   */
  graph(
    hash: string | null,
    project: string,
    processes: readonly string[],
    isCompleted?: boolean,
  ): Promise<Omit<Graph, "nodes"> & { nodes: Omit<Graph["nodes"][number], "origin">[] }>;
}

// --- logs --------------------------------------------------------------------------------------------------------

export interface RunLog {
  /** As stored: `project-<project>-<time>-<hex>`. */
  runName: string;
  /** Path of the log in its blob driver. */
  path: string;
  /** Changes when the log grew: part of a run's token. */
  token: string;
  startedAt: Millis | null;
  /** `null` while the log does not say that the run ended. */
  endedAt: Millis | null;
  lastLineAt: Millis | null;
  /** What the log says of the run; `unknown` when it just stops. */
  outcome: "completed" | "failed" | "unknown";
  /** The wished-for key store could not be reached, so the run stored nothing. */
  fellBackToMemory: boolean;
  /** By process name as stored. `causedBy` (as stored): it only failed because that dependency failed. */
  errors: ReadonlyMap<string, { message: string; causedBy: string | null }>;
  /** Processes (as stored) whose result could not be written because the file name is too long. */
  neverCached: ReadonlySet<string>;
}

export interface LogBook {
  /** Logs of a project by run name; parsed logs are kept until they change. Empty when there is no place for logs. */
  ofProject(project: string): Promise<ReadonlyMap<string, RunLog>>;
  read(runName: string, project: string, range: { offset: number; limit: number }): Promise<Log>;
}

// --- payloads ----------------------------------------------------------------------------------------------------

export interface PayloadReference {
  artifactId: string;
  role: PayloadRole;
  /** What was written, as the result says. */
  bytesRecorded?: number | undefined;
}

/**
 * An artifact's id is `artifactIdAt` of paths.ts; its name and its locator are `namePrefix` + path in the driver (so `openArtifact` finds it again).
 */
export interface PayloadScan {
  /** Every payload, chart and other file of a project as facts, in batches of at most 1,000; `driver`: only those that it shows. */
  facts(project: string, signal: AbortSignal, driver?: BlobDriver): AsyncIterable<ArtifactFact[]>;
  /** Facts of some files; those that are not there are left out. For what a watcher sees come. */
  factsAt(project: string, files: readonly PlacedFile[]): Promise<ArtifactFact[]>;
  /**
   * References inside results, in the order of `results`; `null`: missing or unreadable.
   * `remembered`: only what is known without opening a file (then `null` also means "not read yet").
   */
  referencesOf(
    project: string,
    results: readonly PlacedFile[],
    options?: { remembered?: boolean },
  ): Promise<(PayloadReference[] | null)[]>;
  /** The files that a result refers to; `null` where it is missing or cannot be read to its end. A file whose place no slot shows is `null`. */
  filesReferredBy(project: string, result: PlacedFile): Promise<ReferredFile[] | null>;
}

export interface ReferredFile {
  role: "array" | "model";
  file: PlacedFile | null;
}
