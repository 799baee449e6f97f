import { lstat } from "node:fs/promises";
import { resolve } from "node:path";
import type { BlobDriver, Revision, VersionedBlobDriver } from "../../contracts/driver.ts";
import { AppError } from "../../domain/errors.ts";
import { splitBlobPrefix } from "../blob-path.ts";
import { resolveRoot } from "../confined-folder.ts";
import { KeptWalks } from "../kept-walks.ts";
import { watchByPolling } from "../watch-by-polling.ts";
import { findGitFolder } from "./find-git-folder.ts";
import { type GitCommit, type GitObjects, openGitObjects } from "./git-objects.ts";
import { type GitTree, openGitTree } from "./git-tree.ts";
import { touches, walkHistory } from "./walk-history.ts";

export interface GitOptions {
  /** A work tree with its `.git` folder, or a bare repository. Only its git data is read, never the work tree. */
  path: string;
  /** Milliseconds between two looks of `watch` at HEAD. */
  watchEveryMs?: number;
}

interface Repository {
  gitFolder: string;
  identity: string;
  objects: GitObjects;
}

/** Commits looked at for one page of revisions, whether they touch the paths or not. */
const mostLookedAt = 2_000;
const largestPage = 1_000;
/** Commits whose trees are kept ready between questions. */
const mostTrees = 16;

/** A git repository's history, read only. Opening throws where there is none; later a lost one is found again by itself. */
export async function openGitDriver(options: GitOptions): Promise<VersionedBlobDriver> {
  const location = resolve(options.path);
  const life = new AbortController();
  const walks = new KeptWalks<GitCommit>();
  const trees = new Map<string, GitTree>();
  let repository: Repository | null = null;

  async function current(): Promise<Repository> {
    const gitFolder = await findGitFolder(await resolveRoot("git", location));
    const stats = await lstat(gitFolder, { bigint: true });
    const identity = `${stats.dev}:${stats.ino}`;
    if (repository?.gitFolder === gitFolder && repository.identity === identity) return repository;
    forget();
    repository = { gitFolder, identity, objects: await openGitObjects(gitFolder) };
    return repository;
  }

  function forget() {
    repository?.objects.close();
    repository = null;
    trees.clear();
    walks.clear();
  }

  async function treeAt(id: string): Promise<GitTree> {
    const { objects } = await current();
    const kept = trees.get(id);
    if (kept) return kept;
    const commit = /^[0-9a-f]{40}$/.test(id) ? await objects.commit(id) : null;
    if (commit === null) throw noSuchRevision();
    const tree = openGitTree(objects, commit.tree);
    const [oldest] = trees.keys();
    if (trees.size >= mostTrees && oldest !== undefined) trees.delete(oldest);
    trees.set(id, tree);
    return tree;
  }

  async function newest(): Promise<GitTree> {
    const { objects } = await current();
    const head = await objects.head();
    return head === null ? openGitTree(objects, null) : treeAt(head);
  }

  await current();
  return {
    kind: "blob",
    engine: "git",
    location,
    identity: async () => (await current()).identity,
    async list({ prefix, cursor, limit }) {
      // All pages of a list show the commit that its first page showed.
      const [, started, after] = /^([0-9a-f]{40}):(.*)$/s.exec(cursor ?? "") ?? [];
      const { objects } = await current();
      const head = started ?? (await objects.head());
      if (head === null) return { items: [], cursor: null };
      const page = await (await treeAt(head)).list({ prefix, cursor: after ?? null, limit });
      return { items: page.items, cursor: page.cursor && `${head}:${page.cursor}` };
    },
    folders: async (prefix) => (await newest()).folders(prefix),
    stat: async (path) => (await newest()).stat(path),
    read: async (path, range) => (await newest()).read(path, range),
    async watch(_prefix, onChange) {
      const look = async () => (await (await current()).objects.head()) ?? "";
      const pace = { everyMs: options.watchEveryMs ?? 1_000 };
      return watchByPolling(look, pace, () => onChange({ keys: null }), life.signal);
    },
    async revisions({ paths, cursor, limit = 100 }) {
      const { objects, gitFolder } = await current();
      const wanted = paths?.map((path) => splitBlobPrefix("git", path)).filter((path) => path !== null);
      const [, started, after] = /^([0-9a-f]{40}):([0-9a-f]{40})$/.exec(cursor ?? "") ?? [];
      const head = started ?? (await objects.head());
      if (head === null) return { items: [], cursor: null };
      const kept = cursor === null ? null : walks.take(cursor);
      const walk = kept ?? walkHistory(objects, gitFolder, head);
      if (kept === null && after !== undefined) await skipTo(walk, after);
      const items: Revision[] = [];
      for (let looked = 0, last = ""; ; looked++) {
        if (items.length >= Math.min(Math.max(1, limit), largestPage) || looked >= mostLookedAt) {
          const next = `${head}:${last}`;
          walks.keep(next, walk);
          return { items, cursor: next };
        }
        const { value: commit, done } = await walk.next();
        if (done) return { items, cursor: null };
        last = commit.id;
        if (wanted && !(await touches(objects, commit, wanted))) continue;
        items.push({ id: commit.id, at: commit.at, title: commit.title });
      }
    },
    async at(revisionId): Promise<BlobDriver> {
      await treeAt(revisionId);
      return {
        kind: "blob",
        engine: "git",
        location: `${location}@${revisionId}`,
        identity: async () => `${(await current()).identity}@${revisionId}`,
        list: async (request) => (await treeAt(revisionId)).list(request),
        folders: async (prefix) => (await treeAt(revisionId)).folders(prefix),
        stat: async (path) => (await treeAt(revisionId)).stat(path),
        read: async (path, range) => (await treeAt(revisionId)).read(path, range),
        close: async () => undefined,
      };
    },
    async close() {
      life.abort();
      forget();
    },
  };
}

async function skipTo(walk: AsyncGenerator<GitCommit, void, void>, id: string): Promise<void> {
  for (let step = await walk.next(); !step.done && step.value.id !== id; ) step = await walk.next();
}

function noSuchRevision(): AppError {
  return new AppError("not_found", "git: the repository has no such revision", {
    remedy: "Choose one of the revisions listed; history may have been rewritten since.",
  });
}
