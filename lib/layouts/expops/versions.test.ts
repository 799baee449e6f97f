import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { BlobDriver } from "../../contracts/driver.ts";
import type { Snapshot } from "../../contracts/layout.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openGitDriver } from "../../drivers/git/git-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import type { ProjectPlace } from "./seams.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";
import { openVersionBook } from "./versions.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops/versions");
interface ExpectedRun {
  commit: string;
  version_hash: string;
  version_recorded: boolean;
  params: Record<string, unknown> | null;
}
const { runs } = JSON.parse(readFileSync(join(fixtures, "EXPECTED.json"), "utf8")) as { runs: ExpectedRun[] };
const recorded = runs.filter((run) => run.version_recorded);
const first = runs[0] as ExpectedRun;
const newest = runs.at(-1) as ExpectedRun;
const unknown = "0".repeat(64);

/** The expectation calls global params `global rows`; here they are `rows`. */
function namedHere({ params }: ExpectedRun) {
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name.replace(/^global /, ""), value]));
}

function placeOf(project: string, ...code: { driver: BlobDriver; folder?: string }[]): ProjectPlace {
  const folders = code.map(({ driver, folder = "" }) => ({ driver, folder, namePrefix: "" }));
  return { project, runtimes: [], logs: null, code: folders };
}

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "versions-"));
  const clone = (...args: string[]) => execFileSync("git", ["clone", "-q", ...args], { cwd: scratch, stdio: "ignore" });
  clone(join(fixtures, "history.bundle"), "clone");
  clone("--bare", join(fixtures, "history.bundle"), "history.git");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function openHistory(repository = "clone") {
  const driver = await openGitDriver({ path: join(scratch, repository) });
  return openVersionBook(fixedPlaces(placeOf("spill-lab", { driver })), openMemoryContext());
}

describe("with the project's history in git", () => {
  it.each(["clone", "history.git"])(
    "%s: every recorded version has its commit and exactly its params",
    async (repository) => {
      const book = await openHistory(repository);
      for (const run of recorded) {
        const version = await book.lookup(run.version_hash, "spill-lab");
        expect(version).toMatchObject({ found: "commit", chartProcesses: new Set(["loss_line"]) });
        expect(version?.params).toEqual(namedHere(run));
        const same = runs.filter((other) => other.version_hash === run.version_hash);
        expect(same.map((other) => other.commit)).toContain(version?.commit);
      }
      expect(recorded).toHaveLength(8);
    },
  );

  it("a change of data alone is no other version: the commit that changed config or code stands for it", async () => {
    const [changed, onlyData] = runs.slice(4, 6) as [ExpectedRun, ExpectedRun];
    expect(changed.version_hash).toBe(onlyData.version_hash);
    const book = await openHistory();
    expect(await book.lookup(onlyData.version_hash, "spill-lab")).toMatchObject({ commit: changed.commit });
  });

  it("an unknown hash has no params, no code and no graph of its own", async () => {
    const book = await openHistory();
    expect(await book.lookup(unknown, "spill-lab")).toBeNull();
    expect(await book.read(unknown, "spill-lab")).toBeNull();
    expect((await book.graph(unknown, "spill-lab", ["widen"])).origin).toBe("present-config");
  });

  it("a version's config and code are the bytes of its commit", async () => {
    const show = (path: string) =>
      execFileSync("git", ["-C", join(scratch, "clone"), "show", `${first.commit}:${path}`]).toString();
    const version = await (await openHistory()).read(first.version_hash, "spill-lab");
    const files = [version?.config, ...(version?.files ?? [])];
    expect(files.map((file) => file?.path)).toEqual(["configs/project_config.yaml", "src/flow.py", "src/pictures.py"]);
    for (const file of files) expect(Buffer.from(file?.bytes ?? []).toString()).toBe(show(file?.path ?? ""));
  });

  it("in a repository above the workspace the project is found in its folder", async () => {
    const upper = join(scratch, "upper");
    mkdirSync(join(upper, "lab"), { recursive: true });
    cpSync(join(fixtures, "workspace/spill-lab"), join(upper, "lab/spill-lab"), {
      recursive: true,
      filter: (path) => !path.includes("/.spill-lab"),
    });
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: upper, stdio: "ignore" });
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "all");
    const driver = await openGitDriver({ path: upper });
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver, folder: "lab/spill-lab" })),
      openMemoryContext(),
    );
    expect(await book.lookup(newest.version_hash, "spill-lab")).toMatchObject({
      found: "commit",
      params: namedHere(newest),
    });
  });
});

describe("with the workspace", () => {
  it("only what the present files are can be told, and no other version gets their params", async () => {
    const driver = await openFilesDriver({ path: join(fixtures, "workspace") });
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver, folder: "spill-lab" })),
      openMemoryContext(),
    );
    for (const run of runs) {
      const version = await book.lookup(run.version_hash, "spill-lab");
      if (run.version_hash !== newest.version_hash) expect(version).toBeNull();
      else expect(version).toMatchObject({ found: "workspace", commit: null, params: namedHere(run) });
    }
  });

  it("and a history both are said: it is in the workspace, and which commit it is", async () => {
    const code = [
      { driver: await openFilesDriver({ path: join(fixtures, "workspace") }), folder: "spill-lab" },
      { driver: await openGitDriver({ path: join(scratch, "clone") }) },
    ];
    const book = openVersionBook(fixedPlaces(placeOf("spill-lab", ...code)), openMemoryContext());
    expect(await book.lookup(newest.version_hash, "spill-lab")).toMatchObject({
      found: "workspace",
      commit: newest.commit,
    });
    expect(await book.lookup(first.version_hash, "spill-lab")).toMatchObject({ found: "commit", commit: first.commit });
  });

  it("a changed script is another version; the copy kept when the run began still answers for the old one", async () => {
    const project = join(scratch, "work/spill-lab");
    cpSync(join(fixtures, "workspace/spill-lab"), project, {
      recursive: true,
      filter: (path) => !path.includes("/.spill-lab"),
    });
    execFileSync("chmod", ["-R", "u+w", project]);
    const driver = await openFilesDriver({ path: join(scratch, "work") });
    const snapshots = new Map<string, Snapshot>();
    const context = openMemoryContext({ snapshots, now: 77 });
    const book = openVersionBook(fixedPlaces(placeOf("spill-lab", { driver, folder: "spill-lab" })), context);
    await book.noteRunBegin("spill-lab");
    await book.noteRunBegin("spill-lab");
    expect([...snapshots.keys()]).toEqual([newest.version_hash]);
    const before = await book.stamp("spill-lab");
    writeFileSync(join(project, "src/flow.py"), "changed = True\n");
    expect(await book.stamp("spill-lab")).not.toBe(before);
    const version = await book.lookup(newest.version_hash, "spill-lab");
    expect(version).toMatchObject({ found: "snapshot", seenAt: 77, params: namedHere(newest) });
    expect((await book.read(newest.version_hash, "spill-lab"))?.files).toHaveLength(2);
    expect((await book.graph(newest.version_hash, "spill-lab", [])).origin).toBe("version");
  });
});

describe("a run that was seen to begin", () => {
  const runAt = (time: number) => `project-p-${new Date(time).toISOString().replace(/\D/g, "").slice(0, 14)}-0123abcd`;

  it("has the version of the files as they were then, unless one was changed since it began", async () => {
    const project = mkdtempSync(join(scratch, "seen-"));
    mkdirSync(join(project, "configs"));
    writeFileSync(join(project, "configs/project_config.yaml"), "experiment: {parameters: {alpha: 1}}\n");
    const driver = await openFilesDriver({ path: project });
    const snapshots = new Map<string, Snapshot>();
    const begins = new Map<string, string>();
    // As after a restart with the catalog, and with it every memo, thrown away.
    const open = () => openVersionBook(fixedPlaces(placeOf("p", { driver })), openMemoryContext({ begins, snapshots }));
    const [later, before] = [runAt(Date.now() + 60_000), runAt(Date.now() - 60_000)];
    for (const runName of [later, before]) await open().noteRunBegin("p", runName);
    const hash = await open().begunWith(later, "p");
    expect(await open().begunWith(before, "p")).toBeNull();
    writeFileSync(join(project, "configs/project_config.yaml"), "experiment: {parameters: {alpha: 2}}\n");
    await open().noteRunBegin("p", later);
    expect(await open().begunWith(later, "p")).toBe(hash);
    expect(await open().lookup(hash ?? "", "p")).toMatchObject({ found: "snapshot", params: { alpha: 1 } });
  });
});

describe("in bad circumstances", () => {
  const openMade = async (files: Map<string, string>, context = openMemoryContext()) =>
    openVersionBook(fixedPlaces(placeOf("p", { driver: await openMemoryBlobDriver({ files }) })), context);

  it("a copy that does not have its hash is not believed", async () => {
    const files = [{ path: "configs/project_config.yaml", bytes: Buffer.from("experiment: {parameters: {alpha: 1}}") }];
    const snapshots = new Map([[unknown, { hash: unknown, seenAt: 1, files }]]);
    const book = openVersionBook(fixedPlaces(placeOf("p")), openMemoryContext({ snapshots }));
    expect(await book.lookup(unknown, "p")).toBeNull();
  });

  it("a password in the config is never shown", async () => {
    const snapshots = new Map<string, Snapshot>();
    const config = "experiment: {cache: {backend: {type: redis, password: hunter2}}}\n";
    const book = await openMade(new Map([["configs/project_config.yaml", config]]), openMemoryContext({ snapshots }));
    await book.noteRunBegin("p");
    const [hash = ""] = snapshots.keys();
    const shown = Buffer.from((await book.read(hash, "p"))?.config?.bytes ?? []).toString();
    expect(shown).toBe(config.replace("hunter2", '"••••••"'));
  });

  it("scripts beyond two megabytes are not copied, and a script outside of the project makes no version", async () => {
    const snapshots = new Map<string, Snapshot>();
    const log = vi.fn();
    for (const script of ["big.py", "../outside.py", "/etc/passwd", "a/../../b.py"]) {
      const config = `scripts: {main: ${script}}\n`;
      const files = new Map([
        ["configs/project_config.yaml", config],
        ["big.py", "x".repeat(3_000_000)],
      ]);
      await (await openMade(files, { ...openMemoryContext({ snapshots }), log })).noteRunBegin("p");
    }
    expect(snapshots.size).toBe(0);
    expect(log).toHaveBeenCalledOnce();
  });

  it("code that cannot be read now never keeps a run from being seen", async () => {
    const fail = () => Promise.reject(new Error("gone"));
    const driver: BlobDriver = { ...(await openMemoryBlobDriver({ files: new Map() })), stat: fail, read: fail };
    const book = openVersionBook(fixedPlaces(placeOf("p", { driver })), openMemoryContext());
    await book.noteRunBegin("p");
    expect(await book.lookup(unknown, "p")).toBeNull();
    expect(await book.graph(null, "p", ["a"])).toMatchObject({ origin: "none", nodes: [{ id: "a" }] });
  });
});
