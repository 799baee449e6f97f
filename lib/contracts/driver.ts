import type { EngineKind } from "../domain/source.ts";

/**
 * What every open driver answers. A driver speaks to one engine in its kind's words; it knows no key name and no noun.
 * Missing is `null`; a failure throws `AppError` (`source_unavailable`, `source_timeout`, `forbidden`, `unsupported`)
 * whose message names driver and option and whose remedy says what to do.
 */
export interface DriverBase {
  readonly kind: EngineKind;
  /** Product name: `redis`, `sqlite`, `files`, `git`, `memory`. */
  readonly engine: string;
  /** Canonical place without credentials, for people. */
  readonly location: string;
  /** Proof that this is still the same store (Redis run id, device and inode of a file). Changes when it was swapped. */
  identity(): Promise<string>;
  close(): Promise<void>;
}

/** Signals that something changed; what changed is the layout's to find out. */
export interface ChangeSignal {
  /** Keys or paths that changed, where the engine says so; `null`: something, unknown what. */
  keys: string[] | null;
}
export type StopWatching = () => Promise<void>;

// --- key-value -------------------------------------------------------------------------------------------------

/** A key as stored. `text` is null when the bytes are not UTF-8. */
export interface StoredKey {
  text: string | null;
  bytes: Uint8Array;
}

export type KeyValue =
  | { type: "string"; bytes: Uint8Array; length: number; expiresAt: number | null }
  | { type: "hash"; fields: Map<string, Uint8Array>; expiresAt: number | null }
  | { type: "other"; name: string; expiresAt: number | null };

export interface ScanPage {
  keys: StoredKey[];
  /** `null` when the scan is through. A cursor is good only for this driver while it stays open. */
  cursor: string | null;
}

export interface KeyValueDriver extends DriverBase {
  readonly kind: "key-value";
  /**
   * One paced step through all keys that begin with `prefix` (literal, compared by the driver). May return a key twice and
   * pages may be empty; every key that exists throughout is returned. Never blocks the store for long.
   */
  scan(request: { prefix: string; cursor: string | null; count?: number }): Promise<ScanPage>;
  /** Values in the order of `keys`; `null` where a key is gone. A longer string is cut at `maxBytes` (its `length` is the whole). */
  read(keys: readonly (string | StoredKey)[], options?: { maxBytes?: number }): Promise<(KeyValue | null)[]>;
  /** Key notifications below a prefix. Absent, or answering `null`, when this store does not send them. */
  watchKeys?(prefix: string, onChange: (signal: ChangeSignal) => void): Promise<StopWatching | null>;
  /** Messages published on a channel (pattern allowed). */
  watchChannel?(channel: string, onMessage: (channel: string, message: string) => void): Promise<StopWatching>;
  /** Keys in the whole database: an estimate of a scan's length. */
  size(): Promise<number>;
}

// --- sql -------------------------------------------------------------------------------------------------------

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface SqlDriver extends DriverBase {
  readonly kind: "sql";
  /** Tables with their columns, in the order stored. */
  tables(): Promise<{ name: string; columns: string[] }[]>;
  /** One read-only statement with `?` placeholders. The whole answer is held in memory: bound it by LIMIT and substr(). */
  query<Row extends SqlRow>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Calls back after other connections changed the store, or when the file was replaced or came back (polled, ≤ 1 s late). */
  watch?(onChange: (signal: ChangeSignal) => void): Promise<StopWatching>;
}

// --- document --------------------------------------------------------------------------------------------------
// Declared with its first driver.

// --- blob ------------------------------------------------------------------------------------------------------

export interface BlobStat {
  /** Path below the driver's root, with `/`, exactly as stored. */
  path: string;
  bytes: number;
  modifiedAt: number | null;
  /** Changes whenever the content may have changed. */
  token: string;
}

export interface BlobPage {
  items: BlobStat[];
  cursor: string | null;
}

export interface BlobDriver extends DriverBase {
  readonly kind: "blob";
  /** Regular files below `prefix` (a folder path or ""), recursively, in path order; hidden ones included; symlinks left out. */
  list(request: { prefix: string; cursor: string | null; limit?: number }): Promise<BlobPage>;
  /** Names of the direct sub-folders of `prefix`. */
  folders(prefix: string): Promise<string[]>;
  /** `null` when there is no such regular file. A path that leaves the root throws `forbidden`. */
  stat(path: string): Promise<BlobStat | null>;
  /** Bytes `[offset, offset + length)`, fewer at the end; `null` when there is no such file. */
  read(path: string, range: { offset: number; length: number }): Promise<Uint8Array | null>;
  /** Calls back when files below `prefix` changed. */
  watch?(prefix: string, onChange: (signal: ChangeSignal) => void): Promise<StopWatching>;
}

/** A blob driver over something with a history (a git repository). Itself it shows the newest revision. */
export interface VersionedBlobDriver extends BlobDriver {
  /** Revisions reachable from the newest, newest first, in pages; only those that touch a path below one of `paths` if given. */
  revisions(request: {
    paths?: readonly string[];
    cursor: string | null;
    limit?: number;
  }): Promise<{ items: Revision[]; cursor: string | null }>;
  /** The files as of one revision. */
  at(revisionId: string): Promise<BlobDriver>;
}
export interface Revision {
  id: string;
  at: number;
  title: string;
}
/** Capability, read off the object. */
export function hasHistory(driver: BlobDriver): driver is VersionedBlobDriver {
  return "revisions" in driver;
}

export type Driver = KeyValueDriver | SqlDriver | BlobDriver;
