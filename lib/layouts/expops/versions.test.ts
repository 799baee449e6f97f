import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { BlobDriver } from "../../contracts/driver.ts";
import type { Snapshot } from "../../contracts/layout.ts";
import type { PlainValue } from "../../domain/values.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import type { ProjectPlace } from "./seams.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";
import { type MemoryRevision, openMemoryHistory } from "./testing/memory-history.ts";
import { openVersionBook } from "./versions.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
const workspace = join(fixtures, "versions/workspace");
const expected = JSON.parse(readFileSync(join(fixtures, "versions/EXPECTED.json"), "utf8")) as {
  runs: {
    n: number;
    run_id: string;
    commit: string;
    version_hash: string;
    version_recorded: boolean;
    params: Record<string, unknown> | null;
  }[];
};
const recorded = expected.runs.filter((run) => run.version_recorded);

const asNamedHere = (params: Record<string, unknown> | null) =>
  Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name.replace(/^global /, ""), value]));

const placeOf = (project: string, ...code: { driver: BlobDriver; folder?: string }[]): ProjectPlace => ({
  project,
  era: "local",
  runtime: null,
  code: code.map(({ driver, folder = "" }) => ({ driver, folder, namePrefix: "" })),
});

/** The commits of the bundle that comes with the data, newest first. */
function readBundle(): MemoryRevision[] {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { maxBuffer: 2 ** 26 });
  execFileSync("git", ["clone", "-q", join(fixtures, "versions/history.bundle"), folder], { stdio: "ignore" });
  const commits = git("log", "--format=%H %ct")
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  const history = commits.map(([id, seconds]) => {
    const paths = git("ls-tree", "-r", "--name-only", id).toString().trim().split("\n");
    const touched = git("show", "--format=", "--name-only", id).toString().trim().split("\n");
    return {
      id,
      at: Number(seconds) * 1000,
      title: "",
      touched,
      files: new Map(paths.map((path) => [path, git("show", `${id}:${path}`)])),
    };
  });
  rmSync(folder, { recursive: true });
  return history;
}

let history: MemoryRevision[];
beforeAll(() => {
  history = readBundle();
});

describe("with the history of the project", () => {
  it("every recorded version has its commit and exactly its params", async () => {
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver: await openMemoryHistory(history) })),
      openMemoryContext(),
    );
    for (const run of recorded) {
      const version = await book.lookup(run.version_hash, "spill-lab");
      expect(version).toMatchObject({
        found: "commit",
        params: asNamedHere(run.params),
        chartProcesses: new Set(["loss_line"]),
      });
      expect(
        expected.runs.filter((other) => other.version_hash === run.version_hash).map((other) => other.commit),
      ).toContain(version?.commit);
    }
    expect(recorded).toHaveLength(8);
  });

  it("a change of data alone is no other version: the commit that changed config or code stands for it", async () => {
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver: await openMemoryHistory(history) })),
      openMemoryContext(),
    );
    const [changed, onlyData] = [expected.runs[4], expected.runs[5]];
    expect(changed?.version_hash).toBe(onlyData?.version_hash);
    expect(await book.lookup(onlyData?.version_hash ?? "", "spill-lab")).toMatchObject({ commit: changed?.commit });
  });

  it("an unknown hash has no params, no code and no graph of its own", async () => {
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver: await openMemoryHistory(history) })),
      openMemoryContext(),
    );
    const unknown = "0".repeat(64);
    expect(await book.lookup(unknown, "spill-lab")).toBeNull();
    expect(await book.read(unknown, "spill-lab")).toBeNull();
    expect((await book.graph(unknown, "spill-lab", ["widen"])).origin).toBe("present-config");
  });

  it("a version's config and code are those bytes", async () => {
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver: await openMemoryHistory(history) })),
      openMemoryContext(),
    );
    const first = history.at(-1)?.files;
    const version = await book.read(recorded[0]?.version_hash ?? "", "spill-lab");
    expect(Buffer.from(version?.config?.bytes ?? []).toString()).toBe(
      String(first?.get("configs/project_config.yaml")),
    );
    expect(version?.files.map(({ path }) => path)).toEqual(["src/flow.py", "src/pictures.py"]);
    expect(Buffer.from(version?.files[0]?.bytes ?? []).toString()).toBe(String(first?.get("src/flow.py")));
  });

  it("what a commit hashes to is remembered, so that a restart opens none again", async () => {
    const memo = new Map<string, { token: string; value: PlainValue }>();
    for (const opened of [true, false]) {
      const driver = await openMemoryHistory(history);
      const book = openVersionBook(fixedPlaces(placeOf("spill-lab", { driver })), openMemoryContext({ memo }));
      expect(await book.lookup("0".repeat(64), "spill-lab")).toBeNull();
      expect(driver.opened.length > 0).toBe(opened);
    }
  });

  it("a new commit is found and changes the stamp; one of data alone does not", async () => {
    const growing = history.slice(1);
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver: await openMemoryHistory(growing) })),
      openMemoryContext(),
    );
    const hash = expected.runs[11]?.version_hash ?? "";
    const before = await book.stamp("spill-lab");
    expect(await book.lookup(hash, "spill-lab")).toBeNull();
    growing.unshift({ ...(growing[0] as MemoryRevision), id: "data", touched: ["data/signal.csv"] });
    expect(await book.stamp("spill-lab")).toBe(before);
    growing.unshift(history[0] as MemoryRevision);
    expect(await book.stamp("spill-lab")).not.toBe(before);
    expect(await book.lookup(hash, "spill-lab")).toMatchObject({ commit: expected.runs[11]?.commit });
  });

  it("scripts that stood elsewhere in older configs are followed", async () => {
    const commit = (id: string, at: number, touched: string[], files: Record<string, string>): MemoryRevision => ({
      id,
      at,
      title: id,
      touched,
      files: new Map(Object.entries(files)),
    });
    const config = (path: string) => `scripts: {main: ${path}}\nexperiment: {parameters: {from: ${path}}}\n`;
    const moved = [
      commit("c3", 3, ["configs/project_config.yaml", "new.py"], {
        "configs/project_config.yaml": config("new.py"),
        "new.py": "3",
      }),
      commit("c2", 2, ["old.py"], { "configs/project_config.yaml": config("old.py"), "old.py": "2" }),
      commit("c1", 1, ["configs/project_config.yaml", "old.py"], {
        "configs/project_config.yaml": config("old.py"),
        "old.py": "1",
      }),
    ];
    const second = openVersionBook(
      fixedPlaces(placeOf("p", { driver: await openMemoryHistory(moved.slice(1)) })),
      openMemoryContext(),
    );
    const book = openVersionBook(
      fixedPlaces(placeOf("p", { driver: await openMemoryHistory(moved) })),
      openMemoryContext(),
    );
    const hash = await hashOf(moved[1] as MemoryRevision);
    expect(await second.lookup(hash, "p")).toMatchObject({ commit: "c2" });
    expect(await book.lookup(hash, "p")).toMatchObject({ commit: "c2", params: { from: "old.py" } });
  });

  it("a history of three thousand commits is looked at as far as needed, and never beyond two thousand", async () => {
    const config = (alpha: number) => `scripts: {main: a.py}\nexperiment: {parameters: {alpha: ${alpha}}}\n`;
    const long = Array.from(
      { length: 3_000 },
      (_, index): MemoryRevision => ({
        id: `c${index}`,
        at: 3_000 - index,
        title: "",
        touched: ["configs/project_config.yaml"],
        files: new Map([
          ["configs/project_config.yaml", config(index)],
          ["a.py", ""],
        ]),
      }),
    );
    const driver = await openMemoryHistory(long);
    const book = openVersionBook(fixedPlaces(placeOf("p", { driver })), openMemoryContext());
    expect(await book.lookup(await hashOf(long[150] as MemoryRevision), "p")).toMatchObject({
      commit: "c150",
      params: { alpha: 150 },
    });
    expect(driver.opened.length).toBeLessThan(300);
    expect(await book.lookup(await hashOf(long[2_500] as MemoryRevision), "p")).toBeNull();
    expect(await book.lookup("0".repeat(64), "p")).toBeNull();
    expect(new Set(driver.opened).size).toBe(2_000);
    expect(driver.opened.length).toBeLessThan(2_010);
  });
});

async function hashOf(revision: MemoryRevision): Promise<string> {
  const snapshots = new Map<string, Snapshot>();
  const driver = await openMemoryBlobDriver({ files: revision.files });
  await openVersionBook(fixedPlaces(placeOf("p", { driver })), openMemoryContext({ snapshots })).noteRunBegin("p");
  return [...snapshots.keys()][0] ?? "";
}

describe("with the workspace alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "workspace-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("only the versions that the present files are can be told, and no other gets their params", async () => {
    const driver = await openFilesDriver({ path: workspace });
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver, folder: "spill-lab" })),
      openMemoryContext(),
    );
    const present = expected.runs[11]?.version_hash;
    for (const run of expected.runs) {
      const version = await book.lookup(run.version_hash, "spill-lab");
      if (run.version_hash === present)
        expect(version).toMatchObject({ found: "workspace", commit: null, params: asNamedHere(run.params) });
      else expect(version).toBeNull();
    }
  });

  it("together with a history says both: it is in the workspace, and which commit it is", async () => {
    const code = [
      { driver: await openFilesDriver({ path: workspace }), folder: "spill-lab" },
      { driver: await openMemoryHistory(history) },
    ];
    const book = openVersionBook(fixedPlaces(placeOf("spill-lab", ...code)), openMemoryContext());
    expect(await book.lookup(expected.runs[11]?.version_hash ?? "", "spill-lab")).toMatchObject({
      found: "workspace",
      commit: expected.runs[11]?.commit,
    });
  });

  it("a changed script is another version; the copy kept when the run began still answers for the old one", async () => {
    cpSync(join(workspace, "spill-lab"), join(folder, "spill-lab"), {
      recursive: true,
      filter: (path) => !path.includes(".spill-lab"),
    });
    const snapshots = new Map<string, Snapshot>();
    const book = openVersionBook(
      fixedPlaces(placeOf("spill-lab", { driver: await openFilesDriver({ path: folder }), folder: "spill-lab" })),
      openMemoryContext({ snapshots, now: 77 }),
    );
    const hash = expected.runs[11]?.version_hash ?? "";
    await book.noteRunBegin("spill-lab");
    await book.noteRunBegin("spill-lab");
    expect([...snapshots.keys()]).toEqual([hash]);
    const before = await book.stamp("spill-lab");
    writeFileSync(join(folder, "spill-lab/src/flow.py"), "changed = True\n");
    expect(await book.stamp("spill-lab")).not.toBe(before);
    expect(await book.lookup(hash, "spill-lab")).toMatchObject({
      found: "snapshot",
      seenAt: 77,
      params: { "widen.degree": 4 },
    });
    expect((await book.read(hash, "spill-lab"))?.files).toHaveLength(2);
    expect((await book.graph(hash, "spill-lab", [])).origin).toBe("version");
  });

  it("a copy that does not have its hash is not believed", async () => {
    const hash = "a".repeat(64);
    const files = [
      { path: "configs/project_config.yaml", bytes: new TextEncoder().encode("experiment: {parameters: {alpha: 1}}") },
    ];
    const snapshots = new Map([[hash, { hash, seenAt: 1, files }]]);
    const book = openVersionBook(fixedPlaces(placeOf("p")), openMemoryContext({ snapshots }));
    expect(await book.lookup(hash, "p")).toBeNull();
  });

  it("a password in the config is never shown", async () => {
    const files = new Map([
      ["configs/project_config.yaml", "experiment: {cache: {backend: {type: redis, password: hunter2}}}\n"],
    ]);
    const driver = await openMemoryBlobDriver({ files });
    const book = openVersionBook(fixedPlaces(placeOf("p", { driver })), openMemoryContext());
    const version = await book.read(await hashOf({ id: "", at: 0, title: "", touched: [], files }), "p");
    expect(Buffer.from(version?.config?.bytes ?? []).toString()).toBe(
      'experiment: {cache: {backend: {type: redis, password: "••••••"}}}\n',
    );
  });

  it("scripts beyond two megabytes are not copied, and a script outside of the project makes no version", async () => {
    const snapshots = new Map<string, Snapshot>();
    const log = vi.fn();
    const context = { ...openMemoryContext({ snapshots }), log };
    for (const script of ["big.py", "../outside.py", "/etc/passwd"]) {
      const files = new Map([
        ["configs/project_config.yaml", `scripts: {main: ${script}}\n`],
        ["big.py", "x".repeat(3_000_000)],
      ]);
      const book = openVersionBook(
        fixedPlaces(placeOf("p", { driver: await openMemoryBlobDriver({ files }) })),
        context,
      );
      await book.noteRunBegin("p");
    }
    expect(snapshots.size).toBe(0);
    expect(log).toHaveBeenCalledOnce();
  });

  it("code that cannot be read now never stops a run from being seen", async () => {
    const driver = await openMemoryBlobDriver({ files: new Map() });
    const broken: BlobDriver = {
      ...driver,
      stat: () => Promise.reject(new Error("gone")),
      read: () => Promise.reject(new Error("gone")),
    };
    const book = openVersionBook(fixedPlaces(placeOf("p", { driver: broken })), openMemoryContext());
    await book.noteRunBegin("p");
    expect(await book.lookup("0".repeat(64), "p")).toBeNull();
    expect(await book.graph(null, "p", ["a"])).toMatchObject({ origin: "none", nodes: [{ id: "a" }] });
  });
});
