import { createHash } from "node:crypto";
import type { BucketMetadata } from "@google-cloud/storage";
import type { BlobDriver, BlobPage, BlobStat } from "../../contracts/driver.ts";
import { isAppError } from "../../domain/errors.ts";
import { clampRange, maxReadBytes } from "../blob-path.ts";
import { watchByPolling } from "../watch-by-polling.ts";
import { askTwice, askWithin } from "./ask-within.ts";
import { gcsChanges } from "./gcs-changes.ts";
import { gcsFailure, statusOf } from "./gcs-failure.ts";
import { parseGcsPlace } from "./object-names.ts";
import { objectWrites, type StoredObject } from "./object-requests.ts";
import { type GcsAccess, openBucket } from "./open-bucket.ts";
import { readRange } from "./read-range.ts";

export interface GcsOptions extends GcsAccess {
  bucket: string;
  /** Folder in the bucket; nothing outside is ever asked for. */
  prefix?: string;
  /** Milliseconds that one answer may take; of a stream, that it may pause. */
  timeoutMs?: number;
  /** Milliseconds between two looks of `watch`, which the driver has only if this is given: each look lists all objects, and lists cost money. */
  watchEveryMs?: number;
  /** Whether objects may be set aside and put back; only read unless given. */
  mayChange?: boolean;
  /** For so long the bucket itself must keep what is removed, or else it is copied before; 7 days unless given. */
  trashSeconds?: number;
}

/** What a bucket keeps of objects that are removed or written over; `null` where the account may not know. */
export interface BucketFacts {
  softDeleteSeconds: number | null;
  versioning: boolean | null;
}

export interface GcsDriver extends BlobDriver {
  facts(): Promise<BucketFacts>;
}

/** What every answer says that it is. */
interface Kind {
  kind?: string;
}

/** The most that Cloud Storage lists at once. */
const largestPage = 1_000;
const weekSeconds = 7 * 86_400;

/** What is asked for of each object, and what is stored of it. */
const objectFields = "name,size,generation,metageneration,timeCreated";
interface ObjectFacts extends StoredObject {
  timeCreated?: string;
}

interface ListAnswer extends Kind {
  items?: ObjectFacts[];
  prefixes?: string[];
  nextPageToken?: string;
}

/**
 * A bucket of Google Cloud Storage, or a folder of it, read only save through `changes`. Opening lists one object and throws when that fails; later each question
 * is asked anew and fails with a reason. Needs storage.objects.list and storage.objects.get; identity and facts are better with storage.buckets.get.
 */
export async function openGcsDriver(options: GcsOptions): Promise<GcsDriver> {
  const place = parseGcsPlace(options);
  const timeoutMs = options.timeoutMs ?? 5_000;
  const life = new AbortController();
  const openUntil = performance.now() + timeoutMs;
  const bucket = await openBucket(place, options, timeoutMs);

  const askInTime = <Answer>(question: () => Promise<Answer>) => askWithin(timeoutMs, () => askTwice(question));

  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await askInTime(question);
    } catch (error) {
      throw gcsFailure(place, error);
    }
  }

  function listPage(query: { prefix: string; delimiter?: string; maxResults: number; pageToken?: string }) {
    return ask(async () => {
      const what = query.delimiter === undefined ? `items(${objectFields})` : "prefixes";
      const fields = `kind,nextPageToken,${what}`;
      const [, , answer] = await bucket.getFiles({ ...query, fields, autoPaginate: false });
      return ofKind("storage#objects", answer as ListAnswer);
    });
  }

  /** Proves that the bucket is there and may be listed. */
  async function prove(): Promise<void> {
    await listPage({ prefix: place.root, maxResults: 1 });
  }

  /** After a failed question for an object: `null` when there is none of this name, though a bucket. */
  async function absentUnless(error: unknown): Promise<null> {
    if (statusOf(error) !== 404) throw gcsFailure(place, error);
    // "Not found" alone may mean the bucket.
    if (!/no such object/i.test(String(error))) await prove();
    return null;
  }

  async function list(request: { prefix: string; cursor: string | null; limit?: number }): Promise<BlobPage> {
    const prefix = place.beginningOf(request.prefix);
    if (prefix === null) return { items: [], cursor: null };
    const maxResults = Math.min(Math.max(1, Math.trunc(request.limit ?? largestPage)), largestPage);
    const page = await listPage({ prefix, maxResults, pageToken: request.cursor ?? undefined });
    const items = (page.items ?? []).map((facts) => statOf(facts, place.pathOf));
    return { items: items.filter((item) => item !== null), cursor: page.nextPageToken ?? null };
  }

  async function getObject(name: string): Promise<ObjectFacts | null> {
    try {
      const [facts] = await askInTime(() => bucket.file(name).getMetadata());
      return ofKind("storage#object", facts as ObjectFacts);
    } catch (error) {
      return absentUnless(error);
    }
  }

  async function stat(path: string): Promise<BlobStat | null> {
    const name = place.nameAt(path);
    const facts = name === null ? null : await getObject(name);
    return facts && statOf(facts, place.pathOf);
  }

  /** What is stored of the bucket; `null` when the account may not know. */
  async function readBucket() {
    try {
      return await ask(async () => ofKind("storage#bucket", (await bucket.getMetadata())[0] as BucketMetadata & Kind));
    } catch (error) {
      if (isAppError(error) && error.code === "forbidden") return null;
      throw error;
    }
  }

  async function readFacts(): Promise<BucketFacts> {
    const metadata = await readBucket();
    if (metadata === null) return { softDeleteSeconds: null, versioning: null };
    return {
      softDeleteSeconds: Number(metadata.softDeletePolicy?.retentionDurationSeconds ?? 0),
      versioning: metadata.versioning?.enabled ?? false,
    };
  }

  /** A bucket with versions keeps what is removed as one of them, which is no soft deletion. */
  async function keepsSeconds(): Promise<number> {
    const { softDeleteSeconds, versioning } = await readFacts();
    return versioning === false ? (softDeleteSeconds ?? 0) : 0;
  }

  async function fingerprint(prefix: string): Promise<string> {
    const hash = createHash("sha1");
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const page: BlobPage = await list({ prefix, cursor });
      for (const { path, token } of page.items) hash.update(`${path}\0${token}\0`);
      cursor = page.cursor;
    }
    return hash.digest("base64");
  }

  const watch: BlobDriver["watch"] = (prefix, onChange) => {
    const pace = { everyMs: options.watchEveryMs ?? 0, share: 0.02 };
    const look = () => fingerprint(prefix);
    return watchByPolling(look, pace, () => onChange({ keys: null }), life.signal);
  };

  const reads = { get: getObject, keepsSeconds };
  const changes = gcsChanges(place, reads, objectWrites(bucket, timeoutMs), options.trashSeconds ?? weekSeconds);

  await askWithin(openUntil - performance.now(), prove).catch((error) => {
    throw gcsFailure(place, error);
  });
  return {
    kind: "blob",
    engine: "gcs",
    location: place.location,
    bucket: `gs://${options.bucket}`,
    async identity() {
      const metadata = await readBucket();
      return metadata === null
        ? place.bucket
        : `${metadata.projectNumber}/${metadata.id ?? place.bucket}/${metadata.timeCreated}`;
    },
    list,
    async folders(prefix) {
      const beginning = place.beginningOf(prefix);
      if (beginning === null) return [];
      const names = new Set<string>();
      for (let pageToken: string | undefined, more = true; more; more = pageToken !== undefined) {
        const page = await listPage({ prefix: beginning, delimiter: "/", maxResults: largestPage, pageToken });
        for (const folder of page.prefixes ?? []) {
          const path = place.pathOf(folder.slice(0, -1));
          if (path !== null) names.add(path.slice(path.lastIndexOf("/") + 1));
        }
        pageToken = page.nextPageToken;
      }
      return [...names].sort();
    },
    stat,
    async read(path, range) {
      const name = place.nameAt(path);
      if (name === null) return null;
      // How large the object is matters only where nothing, or more than may be, is asked for.
      const wanted = Math.trunc(range.length) || 0;
      const known = wanted <= 0 || wanted > maxReadBytes ? await stat(path) : { bytes: Number.MAX_SAFE_INTEGER };
      if (known === null) return null;
      const { offset, length } = clampRange("gcs", known.bytes, range);
      if (length === 0) return Buffer.alloc(0);
      try {
        return await askTwice(() => readRange(bucket, name, { offset, length }, timeoutMs));
      } catch (error) {
        return absentUnless(error);
      }
    },
    ...(options.watchEveryMs === undefined ? {} : { watch }),
    facts: readFacts,
    ...(options.mayChange && { changes }),
    async close() {
      life.abort();
    },
  };
}

/** Another server's page, such as a proxy's, would else be an empty bucket or an absent object. */
function ofKind<Answer extends Kind>(kind: string, answer: Answer): Answer {
  if (answer?.kind === kind) return answer;
  throw Object.assign(new Error(`no ${kind} came`), { code: "NOT_STORAGE" });
}

/** `null` for an object that no path leads to. */
function statOf(facts: ObjectFacts, pathOf: (name: string) => string | null): BlobStat | null {
  const path = facts.name === undefined ? null : pathOf(facts.name);
  if (path === null) return null;
  const created = Date.parse(facts.timeCreated ?? "");
  return {
    path,
    bytes: Number(facts.size),
    modifiedAt: Number.isNaN(created) ? null : created,
    token: `${facts.generation}.${facts.metageneration}`,
  };
}
