import { createHash } from "node:crypto";
import { hasHistory } from "../../contracts/driver.ts";
import type { CodeFile, LayoutContext } from "../../contracts/layout.ts";
import { type CommitIndex, openCommitIndex } from "./commit-index.ts";
import { chartProcessesOf, graphOf } from "./graph.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { startOfRunName } from "./names.ts";
import type { ProjectConfig } from "./project-config.ts";
import type { Folder, FoundVersion, ProjectPlaces, VersionBook } from "./seams.ts";
import { openSnapshotShelf } from "./snapshots.ts";
import { configPath, readerOf, readVersionFiles, type VersionFiles } from "./version-files.ts";
import { openWorkspaceVersion, type WorkspaceVersion } from "./workspace-version.ts";

const largestShown = 1024 * 1024;
/** A hash that was not found is looked for again after so long, should files have changed since. */
const freshMillis = 1_000;
/** A sweep of parameters has a version for each run: only the latest answers are kept. */
const mostAnswers = 1_000;

/** A version with the way to its bytes. */
interface Match {
  version: FoundVersion;
  read(): Promise<VersionFiles | null>;
}

interface Shelf {
  workspaces: WorkspaceVersion[];
  histories: CommitIndex[];
  /** Where the present config is read, when there is no workspace: the newest commit. */
  present: Folder | null;
  stamp: string;
  refreshedAt: number;
  answers: Map<string, Match | null>;
}

/**
 * Finds the files that a version hash names: those of the workspace as it is now, of the commits of its history (newest first), and the
 * copies kept when runs began. Equal hashes mean those very bytes, so nothing is ever taken for a version that it is not.
 */
export function openVersionBook(places: ProjectPlaces, context: LayoutContext): VersionBook {
  const snapshots = openSnapshotShelf(context);
  const shelves = new Map<string, Promise<Shelf>>();
  const openFolders = new Map<string, WorkspaceVersion | CommitIndex>();

  function openOnce<Opened extends WorkspaceVersion | CommitIndex>(folder: Folder, open: () => Opened): Opened {
    const key = JSON.stringify([folder.driver.engine, folder.driver.location, folder.folder]);
    const opened = (openFolders.get(key) as Opened | undefined) ?? open();
    openFolders.set(key, opened);
    return opened;
  }

  async function refresh(project: string, before: Shelf | null): Promise<Shelf> {
    const { code } = await places.of(project);
    const workspaces: WorkspaceVersion[] = [];
    const histories: CommitIndex[] = [];
    for (const place of code) {
      const { driver, folder } = place;
      if (hasHistory(driver)) histories.push(openOnce(place, () => openCommitIndex(driver, folder, context)));
      else workspaces.push(openOnce(place, () => openWorkspaceVersion(place)));
    }
    const stamps = await Promise.all(
      [...workspaces, ...histories, snapshots].map((one) => attempt("stamp", () => one.stamp())),
    );
    const stamp = createHash("sha1").update(JSON.stringify(stamps)).digest("base64url").slice(0, 16);
    const answers = before?.stamp === stamp ? before.answers : new Map();
    return { workspaces, histories, present: code[0] ?? null, stamp, refreshedAt: performance.now(), answers };
  }

  function refreshShelf(project: string): Promise<Shelf> {
    const before = shelves.get(project);
    const next = (before ?? Promise.resolve(null)).then((shelf) => refresh(project, shelf));
    shelves.set(project, next);
    next.catch(() => {
      if (shelves.get(project) === next) shelves.delete(project);
    });
    return next;
  }

  async function match(hash: string, project: string): Promise<Match | null> {
    const shelf = await (shelves.get(project) ?? refreshShelf(project));
    const answer = await askShelf(hash, shelf);
    if (answer || performance.now() - shelf.refreshedAt <= freshMillis) return answer;
    return askShelf(hash, await refreshShelf(project));
  }

  async function askShelf(hash: string, shelf: Shelf): Promise<Match | null> {
    const known = shelf.answers.get(hash);
    if (known !== undefined) return known;
    const answer = await search(hash, shelf);
    shelf.answers.set(hash, answer);
    const [oldest] = shelf.answers.keys();
    if (shelf.answers.size > mostAnswers && oldest !== undefined) shelf.answers.delete(oldest);
    return answer;
  }

  async function search(hash: string, { workspaces, histories }: Shelf): Promise<Match | null> {
    const ways: Match["read"][] = [];
    let workspace = false;
    for (const one of workspaces) {
      if (one.lastHash() !== hash) continue;
      workspace = true;
      ways.push(() => one.read());
    }
    let commit = null;
    for (const one of histories) {
      commit = await attempt("read the history", () => one.find(hash));
      if (!commit) continue;
      const { id } = commit;
      ways.push(() => one.read(id));
      break;
    }
    const copy = await snapshots.find(hash);
    if (copy) ways.push(() => snapshots.read(hash));
    const read = () => readFirst(ways, hash);
    const files = await attempt("read a version", read);
    if (!files) return null;
    const { config } = files;
    const found = workspace ? "workspace" : commit ? "commit" : "snapshot";
    const version: FoundVersion = {
      hash,
      found,
      commit: commit?.id ?? null,
      committedAt: commit?.at ?? null,
      seenAt: copy?.seenAt ?? null,
      params: config?.params ?? {},
      chartProcesses: config ? chartProcessesOf(config) : new Set(),
    };
    return { version, read };
  }

  async function readFiles(hash: string, project: string): Promise<VersionFiles | null> {
    return (await (await match(hash, project))?.read()) ?? null;
  }

  /** What cannot be read now is as good as not there; the stamp changes when it can be read again. */
  async function attempt<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer | null> {
    try {
      return await ask();
    } catch (error) {
      context.log("warn", `Could not ${what} of a project's code.`, {
        reason: error instanceof Error ? error.message : String(error),
      });
      return null;
    }
  }

  async function readPresent(project: string): Promise<ProjectConfig | null> {
    const { workspaces, present } = await (shelves.get(project) ?? refreshShelf(project));
    if (workspaces[0])
      return (await attempt("read the workspace", () => (workspaces[0] as WorkspaceVersion).current()))?.config ?? null;
    const newest =
      present &&
      (await attempt("read the newest commit", () => readVersionFiles(readerOf(present.driver, present.folder))));
    return newest?.config ?? null;
  }

  /** Files that were changed after the run began are not those that it read. */
  async function rememberBegin(
    runName: string,
    project: string,
    hash: string,
    workspace: WorkspaceVersion,
  ): Promise<void> {
    const begun = startOfRunName(runName);
    const changedAt = await workspace.changedAt();
    if (begun === null || changedAt === null || changedAt >= begun) return;
    await context.begins.note(project, runName, hash);
  }

  return {
    lookup: async (hash, project) => (await match(hash, project))?.version ?? null,
    stamp: async (project) => (await refreshShelf(project)).stamp,

    async noteRunBegin(project, runName) {
      await attempt("keep a copy", async () => {
        const { workspaces } = await (shelves.get(project) ?? refreshShelf(project));
        for (const one of workspaces) {
          const present = await one.read();
          if (!present) continue;
          await snapshots.keep(present);
          if (runName !== undefined) await rememberBegin(runName, project, present.hash, one);
        }
      });
    },

    begunWith: (runName, project) => context.begins.find(project, runName),

    readFiles,

    async read(hash, project) {
      const files = await readFiles(hash, project);
      if (!files) return null;
      const [config = null, ...scripts] = files.files.map(showFile);
      return { config, files: scripts, environment: files.config?.environment ?? {} };
    },

    async graph(hash, project, processes, isCompleted) {
      const found = hash === null ? null : await readFiles(hash, project);
      if (found) return graphOf(found.config, true, processes);
      return graphOf(await readPresent(project), false, processes, isCompleted);
    },
  };
}

/** The files may have changed since they were found: only those that still have the hash are given. */
async function readFirst(ways: readonly Match["read"][], hash: string): Promise<VersionFiles | null> {
  for (const read of ways) {
    const files = await read();
    if (files?.hash === hash) return files;
  }
  return null;
}

function showFile({ path, bytes }: { path: string; bytes: Uint8Array }): CodeFile {
  const shown = bytes.subarray(0, largestShown);
  const isConfig = path === configPath;
  const masked = isConfig ? new TextEncoder().encode(maskSecrets(new TextDecoder().decode(shown))) : shown;
  return { path, bytes: masked, truncated: bytes.length > largestShown };
}
