import type { VersionedBlobDriver } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Millis, PlainValue } from "../../domain/values.ts";
import { pathBelow, pathsOfVersion, readerOf, readVersionFiles, type VersionFiles } from "./version-files.ts";

/** Commits looked at, at most: older ones stay unknown. */
export const mostCommits = 2_000;
const pageSize = 100;
/** A page may hold few commits or none, where a driver gave up looking for one that touches the files. */
const mostPages = 100;

export interface FoundCommit {
  id: string;
  at: Millis;
}

/** Which commit of a project's history has which version hash. */
export interface CommitIndex {
  /**
   * The newest commit whose config and scripts have this hash, among those that changed one of them (a commit of data alone keeps
   * the hash and is passed over). Walks the history only as far as it must, and never twice.
   */
  find(hash: string): Promise<FoundCommit | null>;
  read(commit: string): Promise<VersionFiles | null>;
  /** Changes when there is a new commit of config or scripts. */
  stamp(): Promise<string>;
}

interface Walk {
  cursor: string | null;
  ended: boolean;
  /** How many paths were asked for: scripts of older configs may stand elsewhere, and then it is walked again. */
  paths: number;
  commits: number;
  pages: number;
}

/** What a commit's files hash to, and where they stand. Remembered over restarts: a commit never changes. */
interface Examined {
  hash: string | null;
  paths: string[];
}

export function openCommitIndex(driver: VersionedBlobDriver, folder: string, context: LayoutContext): CommitIndex {
  const paths = new Set(pathsOfVersion(null));
  const byHash = new Map<string, FoundCommit>();
  const seen = new Set<string>();
  let newest: { head: string; touching: string } | null = null;
  let walk = startWalk();
  /** How many paths the last walk that came to its end had asked for. */
  let walkedPaths = 0;
  let turn: Promise<unknown> = Promise.resolve();

  function startWalk(): Walk {
    return { cursor: null, ended: false, paths: paths.size, commits: 0, pages: 0 };
  }

  function listRevisions(cursor: string | null, limit: number) {
    return driver.revisions({ paths: [...paths].map((path) => pathBelow(folder, path)), cursor, limit });
  }

  /** Asked by path only when there is any new commit at all: in a large repository the newest one that touches a path may be far back. */
  async function refresh(): Promise<string> {
    const head = (await driver.revisions({ cursor: null, limit: 1 })).items[0]?.id ?? "";
    if (head === newest?.head) return newest.touching;
    const touching = (await listRevisions(null, 1)).items[0]?.id ?? "";
    if (touching !== newest?.touching) walk = startWalk();
    newest = { head, touching };
    return touching;
  }

  /** One page further back; false when there is nothing left to look at. */
  async function goBack(): Promise<boolean> {
    if (walk.ended) {
      if (walk.paths === paths.size) return false;
      walk = startWalk();
    }
    const page = await listRevisions(walk.cursor, pageSize);
    const unseen = page.items.filter(({ id }) => !seen.has(id));
    const examined = await examineAll(unseen.map(({ id }) => id));
    for (const [index, { id, at }] of unseen.entries()) {
      const { hash, paths: itsPaths } = examined[index] as Examined;
      for (const path of itsPaths) paths.add(path);
      const other = hash === null ? undefined : byHash.get(hash);
      if (hash !== null && (!other || at > other.at)) byHash.set(hash, { id, at });
      seen.add(id);
    }
    walk.cursor = page.cursor;
    walk.commits += page.items.length;
    walk.pages++;
    const reachedEnd = page.cursor === null || walk.commits >= mostCommits || walk.pages >= mostPages;
    // Behind a page that is known all through, a walk that came to its end has been before.
    walk.ended = reachedEnd || (unseen.length === 0 && walkedPaths === walk.paths);
    if (reachedEnd) walkedPaths = walk.paths;
    return true;
  }

  async function examineAll(ids: readonly string[]): Promise<Examined[]> {
    const remembered = await context.memo.get(ids.map(keyOf));
    const fresh: { key: string; token: string; value: PlainValue }[] = [];
    const all: Examined[] = [];
    for (const id of ids) {
      let known = remembered.get(keyOf(id))?.value as Examined | undefined;
      if (!known) {
        const version = await readAt(id);
        known = { hash: version?.hash ?? null, paths: pathsOfVersion(version?.config ?? null) };
        fresh.push({ key: keyOf(id), token: id, value: { ...known } });
      }
      all.push(known);
    }
    await context.memo.set(fresh);
    return all;
  }

  async function readAt(commit: string): Promise<VersionFiles | null> {
    return readVersionFiles(readerOf(await driver.at(commit), folder));
  }

  const keyOf = (id: string) => `commit:${folder}:${id}`;

  /** One question at a time: they share the walk. */
  function inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const answer = turn.then(ask, ask);
    turn = answer.catch(() => undefined);
    return answer;
  }

  return {
    find: (hash) =>
      inTurn(async () => {
        if (newest === null) await refresh();
        while (!byHash.has(hash) && (await goBack())) {}
        return byHash.get(hash) ?? null;
      }),
    read: readAt,
    stamp: () => inTurn(refresh),
  };
}
