import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { BlobDriver, BlobPage, BlobStat } from "../../contracts/driver.ts";
import { isAppError } from "../../domain/errors.ts";
import { clampRange, splitBlobPath, splitBlobPrefix } from "../blob-path.ts";
import { fileFailure, meansAbsent, resolveBelow, resolveRoot, withRegularFile } from "../confined-folder.ts";
import { KeptWalks } from "../kept-walks.ts";
import { outsideTrash } from "../trash.ts";
import { walkTree } from "../walk-tree.ts";
import { watchByPolling } from "../watch-by-polling.ts";
import { tokenNow } from "./file-token.ts";
import { filesChanges } from "./files-changes.ts";
import { readFolder } from "./read-folder.ts";

export interface FilesOptions {
  /** The folder; nothing outside is ever opened. */
  path: string;
  /** Milliseconds between two looks of `watch`, at least; a look never takes more than 2 % of the time. */
  watchEveryMs?: number;
  /** Whether files may be set aside and put back; only read unless given. */
  mayChange?: boolean;
  /** Whether an index that is not opened may name what is in it. */
  hasOtherIndex?: boolean;
}

const largestPage = 5_000;
const foldersAhead = 8;
/** For so long the place of the folder, once resolved, is taken to be the same. */
const rootMillis = 100;

/**
 * A folder as a blob store. Opening throws when it is not there; later a lost folder is found again by itself.
 * Never follows a link, and writes only through `changes`.
 */
export async function openFilesDriver(options: FilesOptions): Promise<BlobDriver> {
  const folder = resolve(options.path);
  const walks = new KeptWalks<string>();
  const life = new AbortController();
  let root: { path: string; until: number } | null = null;
  const currentRoot = async () => {
    const path = await resolveRoot("files", folder);
    root = { path, until: performance.now() + rootMillis };
    return path;
  };
  const location = await currentRoot();

  /** Asks below the folder. Where it was looked up a moment ago, that it is still there is made sure before "nothing there" is believed. */
  async function askBelow<Answer>(ask: (root: string) => Promise<Answer | null>): Promise<Answer | null> {
    const known = root && performance.now() < root.until ? root.path : null;
    const answer = known === null ? null : await ask(known);
    return answer ?? ask(await currentRoot());
  }

  function walkFiles(root: string, prefix: readonly string[], after: string | null) {
    return walkTree((folder) => readFolder(root, folder, folder === prefix), prefix, after, foldersAhead);
  }

  async function list(request: { prefix: string; cursor: string | null; limit?: number }): Promise<BlobPage> {
    const prefix = outsideTrash(splitBlobPrefix("files", request.prefix));
    const root = await currentRoot();
    // A link in its place leads to nothing, or is an error that says so.
    if (prefix === null || (await resolveBelow("files", root, prefix)) === null) return { items: [], cursor: null };
    const limit = Math.min(Math.max(1, request.limit ?? 1_000), largestPage);
    const keyOf = (cursor: string) => JSON.stringify([root, prefix, cursor]);
    const kept = request.cursor === null ? null : walks.take(keyOf(request.cursor));
    const walk = kept ?? walkFiles(root, prefix, request.cursor);
    const paths: string[] = [];
    while (paths.length < limit) {
      const { value: path, done } = await walk.next();
      if (done) return { items: await readStats(root, paths), cursor: null };
      paths.push(path);
    }
    const items = await readStats(root, paths);
    const cursor = paths.at(-1) ?? null;
    if (cursor !== null) walks.keep(keyOf(cursor), walk);
    return { items, cursor };
  }

  async function stat(path: string): Promise<BlobStat | null> {
    const segments = outsideTrash(splitBlobPath("files", path));
    return askBelow(async (folder) => {
      const full = segments && (await resolveBelow("files", folder, segments));
      return full === null ? null : await readStat(folder, path);
    });
  }

  async function fingerprint(prefix: string): Promise<string> {
    const hash = createHash("sha1").update(await currentRoot());
    for (let cursor: string | null = null, more = true; more; ) {
      const page: BlobPage = await list({ prefix, cursor });
      for (const item of page.items) hash.update(`${item.path}\0${item.token}\0`);
      cursor = page.cursor;
      more = cursor !== null;
    }
    return hash.digest("base64");
  }

  return {
    kind: "blob",
    engine: "files",
    ...(options.hasOtherIndex && { bucket: location }),
    location,
    async identity() {
      const stats = await lstat(await currentRoot(), { bigint: true });
      return `${stats.dev}:${stats.ino}`;
    },
    list,
    async folders(prefix) {
      const segments = outsideTrash(splitBlobPrefix("files", prefix));
      const root = await currentRoot();
      if (segments === null) return [];
      const entries = await readFolder(root, segments, true);
      if ((await resolveBelow("files", root, segments)) === null) return [];
      return entries.flatMap((entry) => (entry.isFolder ? [entry.name] : [])).sort();
    },
    stat,
    async read(path, range) {
      const segments = outsideTrash(splitBlobPath("files", path));
      return askBelow(async (folder) => {
        if (segments === null) return null;
        return withRegularFile("files", folder, segments, async (file) => {
          const { offset, length } = clampRange("files", Number(file.stats.size), range);
          const bytes = Buffer.allocUnsafeSlow(length);
          return bytes.subarray(0, await file.read(bytes, offset));
        });
      });
    },
    async watch(prefix, onChange) {
      const pace = { everyMs: options.watchEveryMs ?? 1_000, share: 0.02 };
      return watchByPolling(
        () => fingerprint(prefix),
        pace,
        () => onChange({ keys: null }),
        life.signal,
      );
    },
    ...(options.mayChange && { changes: filesChanges(currentRoot, stat) }),
    async close() {
      life.abort();
      walks.clear();
    },
  };
}

/**
 * Stats of listed files; those that went away meanwhile are left out, and those whose folder is reached through a link: swapped while it was
 * listed, so that the names may be another folder's. Few at a time, so that other work is not held up.
 */
async function readStats(root: string, paths: readonly string[]): Promise<BlobStat[]> {
  const items: BlobStat[] = [];
  const confined = new Map<string, Promise<boolean>>();
  const isConfined = (folder: string) => {
    const known = confined.get(folder);
    if (known) return known;
    const asked = resolveBelow("files", root, folder.split("/")).then(
      (full) => full !== null,
      (error: unknown) => {
        if (isAppError(error) && error.code === "forbidden") return false;
        throw error;
      },
    );
    confined.set(folder, asked);
    return asked;
  };
  for (let start = 0; start < paths.length; start += 64) {
    const found = await Promise.all(
      // In this order: a name from elsewhere is not found once its folder is seen to be back.
      paths
        .slice(start, start + 64)
        .map(async (path) => ((await isConfined(dirname(path))) ? readStat(root, path) : null)),
    );
    items.push(...found.filter((item) => item !== null));
  }
  return items;
}

async function readStat(root: string, path: string): Promise<BlobStat | null> {
  try {
    const stats = await lstat(join(root, path), { bigint: true });
    return stats.isFile() ? blobStat(path, stats) : null;
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw fileFailure("files", "a file", error);
  }
}

function blobStat(path: string, stats: BigIntStats): BlobStat {
  return {
    path,
    bytes: Number(stats.size),
    modifiedAt: Number(stats.mtimeMs),
    token: tokenNow(stats),
  };
}
