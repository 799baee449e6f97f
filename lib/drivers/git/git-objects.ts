import { AppError, isAppError } from "../../domain/errors.ts";
import { fileFailure } from "../confined-folder.ts";
import { confinedFs } from "./confined-fs.ts";

export interface GitCommit {
  id: string;
  tree: string;
  parents: string[];
  /** Epoch ms of the committer. */
  at: number;
  title: string;
}

export interface GitTreeEntry {
  name: string;
  type: "file" | "folder" | "other";
  id: string;
}

/** Objects of one repository, cached by their id, since an object never changes. */
export interface GitObjects {
  /** The commit that HEAD names; `null` in a repository without commits. */
  head(): Promise<string | null>;
  /** `null` when there is no such commit. */
  commit(id: string): Promise<GitCommit | null>;
  tree(id: string): Promise<GitTreeEntry[]>;
  blob(id: string): Promise<Uint8Array>;
  blobSize(id: string): Promise<number>;
  close(): void;
}

const mostCommits = 200_000;
const mostTrees = 20_000;
const mostSizes = 500_000;
const mostBlobBytes = 32 * 1024 * 1024;
/** Packs are held in memory as long as questions come. */
const keepPacksMs = 30_000;
const longestTitle = 200;

/** Reads objects of the repository in `gitFolder` (a `.git` folder or a bare repository). Runs no git command and no hook. */
export async function openGitObjects(gitFolder: string): Promise<GitObjects> {
  const git = await loadGit();
  const commits = new Map<string, GitCommit>();
  const trees = new Map<string, GitTreeEntry[]>();
  const sizes = new Map<string, number>();
  const blobs = new Map<string, Uint8Array>();
  let blobBytes = 0;
  let packs = {};
  let idle: NodeJS.Timeout | undefined;
  const place = { fs: confinedFs(gitFolder), gitdir: gitFolder };

  const forgetPacks = () => {
    packs = {};
  };

  async function ask<Answer>(
    question: (place: { fs: never; gitdir: string; cache: object }) => Promise<Answer>,
  ): Promise<Answer> {
    clearTimeout(idle);
    const attempt = () => question({ ...place, fs: place.fs as never, cache: packs });
    try {
      return await attempt().catch((error) => {
        if (!isNotFound(error)) throw error;
        // A repack may have moved the object to a pack that was not there before.
        forgetPacks();
        return attempt();
      });
    } finally {
      idle = setTimeout(forgetPacks, keepPacksMs).unref();
    }
  }

  async function blob(id: string): Promise<Uint8Array> {
    const kept = blobs.get(id);
    if (kept) return kept;
    const { blob: bytes } = await ask((where) => git.readBlob({ ...where, oid: id })).catch(rethrow);
    remember(sizes, id, bytes.length, mostSizes);
    if (bytes.length > mostBlobBytes / 4) return bytes;
    if (blobBytes + bytes.length > mostBlobBytes) {
      blobs.clear();
      blobBytes = 0;
    }
    blobs.set(id, bytes);
    blobBytes += bytes.length;
    return bytes;
  }

  return {
    async head() {
      try {
        return await ask((where) => git.resolveRef({ ...where, ref: "HEAD" }));
      } catch (error) {
        if (isNotFound(error)) return null;
        return rethrow(error);
      }
    },
    async commit(id) {
      const kept = commits.get(id);
      if (kept) return kept;
      try {
        const { commit } = await ask((where) => git.readCommit({ ...where, oid: id }));
        const title = (commit.message.split("\n", 1)[0] ?? "").slice(0, longestTitle);
        const read = { id, tree: commit.tree, parents: commit.parent, at: commit.committer.timestamp * 1_000, title };
        remember(commits, id, read, mostCommits);
        return read;
      } catch (error) {
        if (isNotFound(error) || codeOf(error) === "ObjectTypeError") return null;
        return rethrow(error);
      }
    },
    async tree(id) {
      const kept = trees.get(id);
      if (kept) return kept;
      const { tree } = await ask((where) => git.readTree({ ...where, oid: id })).catch(rethrow);
      const entries = tree.map(({ path, mode, type, oid }): GitTreeEntry => {
        const isFile = type === "blob" && mode.startsWith("100");
        return { name: path, type: type === "tree" ? "folder" : isFile ? "file" : "other", id: oid };
      });
      remember(trees, id, entries, mostTrees);
      return entries;
    },
    blob,
    blobSize: async (id) => sizes.get(id) ?? (await blob(id)).length,
    close() {
      clearTimeout(idle);
      forgetPacks();
      for (const cache of [commits, trees, sizes, blobs]) cache.clear();
    },
  };
}

function remember<Value>(cache: Map<string, Value>, id: string, value: Value, most: number): void {
  if (cache.size >= most) cache.clear();
  cache.set(id, value);
}

async function loadGit() {
  try {
    return await import("isomorphic-git");
  } catch (cause) {
    throw new AppError("unsupported", "git: the package isomorphic-git is not installed", {
      remedy: "Install it: npm install isomorphic-git",
      cause,
    });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function isNotFound(error: unknown): boolean {
  return codeOf(error) === "NotFoundError";
}

function rethrow(error: unknown): never {
  if (isAppError(error)) throw error;
  if (isNotFound(error)) {
    throw new AppError("unsupported", "git: an object of the repository is missing", {
      remedy: "Name a full clone: partial clones and those that borrow objects of another repository cannot be read.",
      cause: error,
    });
  }
  // The git library's own errors have names for codes, those of the system are in capitals.
  if (/^E[A-Z]+$/.test(codeOf(error))) throw fileFailure("git", "the repository", error);
  throw new AppError("source_unavailable", "git: the repository is damaged", {
    remedy: "Check it with git fsck, or clone it again.",
    cause: error,
  });
}
