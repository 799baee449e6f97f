import type { AppError } from "../domain/errors.ts";
import type { EngineKind } from "../domain/source.ts";
import type { Millis, PlainValue } from "../domain/values.ts";
import type { StoreChanges } from "./changes.ts";

/**
 * What every open driver answers. A driver speaks to one engine in its kind's words; it knows no key name and no noun.
 * Missing is `null`; a failure throws `AppError` (`source_unavailable`, `source_timeout`, `forbidden`, `unsupported`)
 * whose message names driver and option and whose remedy says what to do.
 */
export interface DriverBase {
  readonly kind: EngineKind;
  /** Product name: `redis`, `sqlite`, `firestore`, `files`, `gcs`, `git`, `memory`. */
  readonly engine: string;
  /** Canonical place without credentials, for people. */
  readonly location: string;
  /** Proof that this is still the same store (Redis run id, device and inode of a file). Changes when it was swapped. */
  identity(): Promise<string>;
  /** Absent: this store may only be read. */
  readonly changes?: StoreChanges;
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

/** A document as stored. Times are ISO 8601 text, bytes are base64 text, references are paths, a place is `{latitude, longitude}`. */
export interface StoredDocument {
  /** From the root, `<collection>/<id>/<collection>/<id>`; an id is as stored and holds no `/`. */
  path: string;
  id: string;
  fields: Record<string, PlainValue>;
  /** When it was written last. */
  updatedAt: Millis;
  /** Changes with every write that changed something. */
  token: string;
}

export interface DocumentPage {
  items: StoredDocument[];
  cursor: string | null;
}

/** A document that came or changed, or that left the collection. */
export type DocumentChange = { kind: "put"; document: StoredDocument } | { kind: "gone"; path: string };

export interface DocumentWatch {
  /** What changed since the last call; the first one brings the collection as it was when the watch began. */
  onChanges(changes: DocumentChange[]): void;
  /** The connection is lost; it is taken up again by itself, and what was missed comes then. `null`: it is back. */
  onTrouble(failure: AppError | null): void;
}

/** Questions for documents, each of which counts. */
export interface DocumentQuestions {
  /** Ids of a collection's documents in order, also of such as do not exist themselves but hold collections. */
  ids(request: {
    collection: string;
    cursor: string | null;
    limit?: number;
  }): Promise<{ ids: string[]; cursor: string | null }>;
  /**
   * Documents of a collection by id, or by a field (then without those that lack it), `after` a value of that field if given. `fields`: only
   * these of each document. A cursor is good for the same question only.
   */
  list(request: {
    collection: string;
    cursor: string | null;
    limit?: number;
    fields?: readonly string[];
    orderBy?: { field: string; descending: boolean; after?: number | string };
  }): Promise<DocumentPage>;
  /** Documents in the order of `paths`; `null` where there is none. */
  get(paths: readonly string[], options?: { fields?: readonly string[] }): Promise<(StoredDocument | null)[]>;
}

export interface DocumentDriver extends DriverBase, DocumentQuestions {
  readonly kind: "document";
  /** Names of the collections directly below a document (`""`: the root). */
  collections(document: string): Promise<string[]>;
  /** Documents in a collection that exist; counted by the store. */
  count(collection: string): Promise<number>;
  /** Follows a collection (its documents, not what is below them); with `after`, only those whose field holds a larger number. */
  watch?(
    collection: string,
    watch: DocumentWatch,
    options?: { after?: { field: string; value: number } },
  ): Promise<StopWatching>;
  /** The same questions for what a person waits for: they may also use this share (0 to 1) of what is kept back for such. */
  forPerson(share: number): DocumentQuestions;
  /**
   * Documents read in all and within the last hour, and how many may be read an hour: when all but what is kept back are read, questions throw
   * `too_many` while watches go on. `freeAt`: when a further one may be read; `null`: now.
   */
  budget(): { read: number; used: number; most: number; freeAt: Millis | null };
}

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
  /**
   * The store that it shows, or a part of, where indexes that nobody has connected here may name what is in it: an object store, or a folder in which an
   * index stands that is not opened.
   */
  readonly bucket?: string;
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

export type Driver = KeyValueDriver | SqlDriver | DocumentDriver | BlobDriver;
