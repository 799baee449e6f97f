import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { CheckPart, CheckStep } from "../domain/check.ts";
import { checkSource } from "./check-source.ts";
import { configureSources } from "./source-config.ts";

const fixtures = resolve(import.meta.dirname, "../../e2e/fixtures/expops");
const bundledWorkspace = resolve(import.meta.dirname, "../../bundled/workspace");
const folder = mkdtempSync(join(tmpdir(), "trialdeck-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer = ""): string {
  const path = join(folder, name);
  mkdirSync(resolve(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function database(name: string, sql: string): string {
  const path = write(name);
  rmSync(path);
  const made = new DatabaseSync(path);
  made.exec(sql);
  made.close();
  return path;
}

const kvTable = "CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)";

async function check(target: string, readOnly = false) {
  const [config] = configureSources([{ target, readOnly }], folder);
  return checkSource(config!);
}

/** Steps that are not well, with what mends them. */
const troubles = (steps: readonly CheckStep[]) =>
  steps.filter(({ verdict }) => verdict === "fail" || verdict === "warn");

describe("a source that works", () => {
  it.each([join(fixtures, "sqlite-local"), bundledWorkspace])(
    "%s passes every stage, and says what was found",
    async (target) => {
      const told: CheckStep[] = [];
      const [config] = configureSources([{ target }], "/");
      const { verdict, steps } = await checkSource(config!, (step) => told.push(step));
      expect(told).toEqual(steps);
      expect(["pass", "warn"]).toContain(verdict);
      expect(troubles(steps).filter((step) => step.verdict === "fail")).toEqual([]);
      expect(new Set(steps.map(({ stage }) => stage))).toEqual(
        new Set(["parse", "policy", "reach", "auth", "rights", "data", "fit"]),
      );
      expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    },
  );

  it("follows the newest entries to their results", async () => {
    const { steps } = await check(join(fixtures, "sqlite-local"));
    expect(steps.find(({ id }) => id === "expops.results")?.message).toMatch(/^\d+ of \d+ newest entries/);
  });

  it("asks for no right to write where it is only read", async () => {
    const { steps } = await check(join(fixtures, "sqlite-local"), true);
    const changing = steps.filter(({ id }) => id.endsWith(".change"));
    expect(changing.length).toBeGreaterThan(0);
    for (const step of changing) expect(step.verdict).toBe("skip");
  });
});

describe("a part of a check", () => {
  const stagesOf = (steps: readonly CheckStep[]) => [
    ...new Set(steps.map(({ slot, stage }) => `${slot.split(" ")[0]} ${stage}`)),
  ];
  async function checkPart(part: CheckPart) {
    const [config] = configureSources([{ target: join(fixtures, "sqlite-local") }], "/");
    return checkSource(config!, () => undefined, part);
  }

  it("looks at one stage of one store, after those that it stands on", async () => {
    const whole = await checkPart({});
    const slot = whole.steps.find((step) => step.slot.startsWith("index"))!.slot;
    const { steps } = await checkPart({ slot, stage: "rights" });
    expect(stagesOf(steps)).toEqual([
      "source parse",
      "index parse",
      "index policy",
      "index reach",
      "index auth",
      "index rights",
    ]);
    expect(whole.steps.map(({ id }) => id)).toEqual(expect.arrayContaining(steps.map(({ id }) => id)));
  });

  it("looks at the data of all stores together", async () => {
    const { steps } = await checkPart({ slot: "source", stage: "data" });
    expect(stagesOf(steps)).toContain("source data");
    expect(steps.filter(({ stage }) => stage === "rights" || stage === "fit")).toEqual([]);
  });
});

describe("a source that does not", () => {
  const cases: [what: string, target: () => string, at: Partial<CheckStep>][] = [
    [
      "a folder that is not there",
      () => join(folder, "nowhere"),
      { stage: "parse", message: expect.stringContaining("There is no folder") },
    ],
    [
      "a folder of something else",
      () => resolve(write("other/readme.txt"), ".."),
      { stage: "parse", message: expect.stringContaining("holds nothing that Trialdeck knows") },
    ],
    [
      "a database that is not there",
      () => `sqlite:${join(folder, "none.sqlite")}`,
      { stage: "reach", message: expect.stringContaining("the file is gone") },
    ],
    [
      "a folder in place of a database",
      () => `sqlite:${folder}`,
      { stage: "policy", message: expect.stringContaining("is a folder or a device") },
    ],
    [
      "a text in place of a database",
      () => `sqlite:${write("notes.sqlite", "these are notes, no database at all")}`,
      { stage: "reach", message: expect.stringContaining("not a SQLite file") },
    ],
    [
      "a database of another program",
      () => `sqlite:${database("music.sqlite", "CREATE TABLE songs (id INTEGER)")}`,
      { stage: "data", message: expect.stringContaining("holds nothing that Trialdeck knows") },
    ],
    [
      "a Redis at a wrong port",
      () => "redis://127.0.0.1:1/0",
      { stage: "reach", message: expect.stringContaining("nothing listens") },
    ],
    [
      "a host that nobody knows",
      () => "redis://nowhere.invalid:6379/0",
      { stage: "policy", message: expect.stringContaining("is not known") },
    ],
    [
      "the machine's own metadata",
      () => "redis://169.254.169.254/0",
      { stage: "policy", message: expect.stringContaining("link-local or metadata") },
    ],
  ];
  it.each(cases)("%s", async (_what, target, at) => {
    const { verdict, steps } = await check(target());
    const failed = steps.filter((step) => step.verdict === "fail");
    expect(failed[0]).toMatchObject({ ...at, remedy: expect.stringMatching(/\w/) });
    expect(verdict).toBe("fail");
  });

  it("stands in nobody's way: what follows a failure is skipped, with the reason", async () => {
    const { steps } = await check("redis://127.0.0.1:1/0");
    const skipped = steps.filter(({ id }) => id.startsWith("index.redis") && !/address|host|connect/.test(id));
    expect(skipped.length).toBeGreaterThan(5);
    for (const step of skipped)
      expect(step).toMatchObject({ verdict: "skip", message: "Not looked at, since redis.connect failed" });
  });

  it("keeps its password for itself", async () => {
    const told = await check("redis://reader:canary-secret@127.0.0.1:1/0");
    expect(JSON.stringify(told)).not.toContain("canary");
  });
});

describe("twenty sources, three of which hang", () => {
  let silent: Server;
  const held: Socket[] = [];
  afterAll(() => {
    for (const socket of held) socket.destroy();
    silent.close();
  });

  it("are looked at side by side: none waits for those that hang, and these end by themselves", async () => {
    silent = createServer((socket) => held.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const place = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    vi.stubEnv("FIRESTORE_EMULATOR_HOST", place);
    vi.stubEnv("STORAGE_EMULATOR_HOST", place);
    const hanging = [`redis://${place}/0`, "firestore://silent-lab", "gs://silent-lab"];
    const answering = Array.from({ length: 17 }, (_, at) => `sqlite:${database(`lab-${at}.sqlite`, kvTable)}`);
    const begun = new Set<string>();
    const checks = await Promise.all(
      [...hanging, ...answering].map(async (target) => {
        const [config] = configureSources([{ target }], folder);
        const answer = await checkSource(config!, () => begun.add(target));
        // By the time that one ends which hangs, all others are under way or through.
        if (hanging.includes(target)) expect(begun.size).toBe(20);
        return answer;
      }),
    );
    for (const { steps } of checks.slice(0, 3))
      expect(steps.find(({ verdict }) => verdict === "fail")).toMatchObject({
        stage: "auth",
        message: expect.stringContaining("in time"),
        remedy: expect.stringMatching(/hangs/),
      });
    for (const { verdict } of checks.slice(3)) expect(verdict).not.toBe("fail");
  });
});
