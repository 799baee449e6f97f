import { mkdtempSync } from "node:fs";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LayoutContext } from "../contracts/layout.ts";
import { openSource } from "./open-source.ts";
import { planOf } from "./plan-slots.ts";
import { configureSources } from "./source-config.ts";

const fixtures = fileURLToPath(new URL("../../e2e/fixtures/expops/", import.meta.url));

const context: LayoutContext = {
  sourceId: "s",
  options: {},
  now: () => Date.parse("2026-11-23T00:00:00Z"),
  known: async () => new Map(),
  longestExecutions: async () => new Map(),
  snapshots: { list: async () => [], read: async () => null, save: async () => undefined },
  pointSightings: { runs: async () => [], find: async () => new Map(), save: async () => undefined },
  begins: { find: async () => null, note: async () => undefined },
  memo: { get: async () => new Map(), set: async () => undefined },
  trouble: () => undefined,
  log: () => undefined,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "workspace-"));
  await cp(join(fixtures, "sqlite-local"), folder, { recursive: true });
  await cp(join(fixtures, "sqlite-seeds"), folder, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configOf = (target: string) => {
  const [config] = configureSources([{ target }], "/");
  if (!config) throw new Error("no source");
  return config;
};

describe("a workspace", () => {
  it("gives each project's store, and its files and code once", async () => {
    const source = await openSource(configOf(folder), context);
    const slots = Object.entries(source.slots).map(([slot, drivers]) => [
      slot,
      drivers.map(({ driver, scope }) => [driver.engine, scope]),
    ]);
    expect(Object.fromEntries(slots)).toEqual({
      blobs: [["files", null]],
      code: [["files", null]],
      index: [
        ["sqlite", "seed-mini"],
        ["sqlite", "wine-lab"],
      ],
    });
    expect(source.definition.name).toBe("expops");
    await source.close();
  });

  it("is shown without the project whose store cannot be read, and says so", async () => {
    const database = join(folder, "wine-lab/.wine-lab/metrics.sqlite");
    await rename(database, `${database}.kept`);
    await writeFile(database, "not a database at all, whatever its name says".repeat(100));
    const source = await openSource(configOf(folder), context);
    expect(source.slots.index?.map(({ scope }) => scope)).toEqual(["seed-mini"]);
    expect(source.skipped).toHaveLength(1);
    await source.close();
    await rename(`${database}.kept`, database);
  });

  it("is shown without a key store whose address in a config is none, and says which config", async () => {
    const config = join(folder, "wine-lab/configs/project_config.yaml");
    const before = await readFile(config, "utf8");
    for (const [backend, why] of [
      ["redis, host: 127.0.0.1, port: abc", "it does not read redis://host:port/db"],
      ["redis, host: 127.0.0.1, port: 1, password: '50%/@'", "nothing listens"],
      ["redis, host: '::1', port: 1", "[::1]:1"],
    ] as const) {
      await writeFile(config, before.replace(/backend:\s+type: local/, `backend: {type: ${backend}}`));
      const source = await openSource(configOf(folder), context);
      // The runs of before the project moved to Redis are still in its database.
      expect(source.slots.index?.map(({ scope }) => scope)).toEqual(["seed-mini", "wine-lab"]);
      expect(source.skipped.map(({ message }) => message)).toEqual([expect.stringContaining(why)]);
      expect(source.skipped[0]?.message).toContain("wine-lab/configs/project_config.yaml");
      expect(source.skipped[0]?.remedy).toMatch(/\S/);
      await source.close();
    }
    await writeFile(config, before);
  });

  it("has another plan once there is another project", async () => {
    const before = await planOf(configOf(folder));
    await cp(join(fixtures, "versions/workspace/spill-lab"), join(folder, "spill-lab"), { recursive: true });
    expect(await planOf(configOf(folder))).not.toBe(before);
    await rm(join(folder, "spill-lab"), { recursive: true });
    expect(await planOf(configOf(folder))).toBe(before);
  });
});

it("takes files beside an index that is not opened for what that one may name", async () => {
  const copy = await mkdtemp(join(tmpdir(), "moved-"));
  await cp(join(fixtures, "sqlite-local"), copy, { recursive: true });
  const own = join(copy, "wine-lab/.wine-lab/metrics.sqlite");
  const other = join(copy, "elsewhere.sqlite");
  await cp(own, other);
  const mayHoldOthers = async (target: string) => {
    const { slots, close } = await openSource(configOf(target), context);
    await close();
    const [blobs] = slots.blobs ?? [];
    return blobs?.driver.kind === "blob" && blobs.driver.bucket !== undefined;
  };
  expect(await mayHoldOthers(copy)).toBe(false);
  expect(await mayHoldOthers(`sqlite:${other}+${copy}`)).toBe(true);
  await rm(own);
  expect(await mayHoldOthers(`sqlite:${other}+${copy}`)).toBe(false);
  await rm(copy, { recursive: true });
});

it("opens one project by itself, and one database by itself", async () => {
  const project = await openSource(configOf(join(fixtures, "sqlite-local/wine-lab")), context);
  expect(project.slots.index?.map(({ scope }) => scope)).toEqual(["wine-lab"]);
  await project.close();
  const database = await openSource(
    configOf(join(fixtures, "sqlite-local/wine-lab/.wine-lab/metrics.sqlite")),
    context,
  );
  expect(Object.keys(database.slots)).toEqual(["index"]);
  await database.close();
});

it.each([
  ["a folder that is not there", "/nowhere/at/all", "source_unavailable"],
  ["a folder with nothing in it", mkdtempSync(join(tmpdir(), "empty-")), "unsupported"],
  ["a file", fileURLToPath(import.meta.url), "unsupported"],
])("says what is wrong with %s", async (_what, target, code) => {
  await expect(openSource(configOf(target), context)).rejects.toMatchObject({
    code,
    remedy: expect.stringMatching(/\S/),
  });
});
