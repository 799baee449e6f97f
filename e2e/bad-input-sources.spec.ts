import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "playwright/test";
import { fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

interface SourceAnswer {
  id: string;
  label: string;
  status: string;
  indexed: { runs: number; entries: number; complete: boolean };
  error?: { code: string; message: string; remedy?: string; since: string };
}

interface RunAnswer {
  experimentName: string;
  warnings: { sentence: string }[];
}

/** Each is named by its file below the folder; what it must be told as. */
const sick = [
  {
    name: "nothing",
    what: "a folder with nothing in it",
    code: "unsupported",
    says: "holds nothing that Trialdeck knows",
  },
  { name: "not-there", what: "a folder that is not there", code: "source_unavailable", says: "There is no folder" },
  { name: "text.sqlite", what: "a text", code: "unsupported", says: "not a SQLite file" },
  { name: "zero.sqlite", what: "a file of no bytes", code: "unsupported", says: "holds nothing that Trialdeck knows" },
  { name: "cut.sqlite", what: "the first part of a database", code: "source_unavailable", says: "cut off" },
  { name: "damaged.sqlite", what: "a database with bytes changed", code: "source_unavailable", says: "damaged" },
  {
    name: "bookmarks.sqlite",
    what: "another program's database",
    code: "unsupported",
    says: "holds nothing that Trialdeck knows",
  },
  { name: "gone.sqlite", what: "a database that is not there", code: "source_unavailable", says: "the file is gone" },
  {
    name: "redis://127.0.0.1:1/0",
    what: "a Redis that is not there",
    code: "source_unavailable",
    says: "nothing listens",
  },
];

test.describe("of many sources only the well ones are read", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let folder: string;
  let server: TrialdeckServer;

  test.beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sick-"));
    const database = await readFile(fixture("expops/sqlite-local/wine-lab/.wine-lab/metrics.sqlite"));
    const damaged = Buffer.from(database).fill("A", 8_192, 40_000);
    await mkdir(join(folder, "nothing"));
    await writeFile(join(folder, "text.sqlite"), "A text about databases.\n".repeat(1_000));
    await writeFile(join(folder, "zero.sqlite"), "");
    await writeFile(join(folder, "cut.sqlite"), database.subarray(0, 20_000));
    await writeFile(join(folder, "damaged.sqlite"), damaged);
    const bookmarks = new DatabaseSync(join(folder, "bookmarks.sqlite"));
    bookmarks.exec("CREATE TABLE places (id INTEGER PRIMARY KEY, address TEXT); INSERT INTO places VALUES (1, 'x')");
    bookmarks.close();
    await cp(fixture("expops/sqlite-local"), join(folder, "well"), { recursive: true });
    await cp(fixture("expops/sqlite-local"), join(folder, "mixed"), { recursive: true });
    await cp(fixture("expops/sqlite-seeds"), join(folder, "mixed"), { recursive: true });
    await writeFile(join(folder, "mixed/wine-lab/.wine-lab/metrics.sqlite"), "A text.\n".repeat(1_000));

    const targetOf = (name: string) =>
      name.startsWith("redis:") ? name : name.endsWith(".sqlite") ? `sqlite:${join(folder, name)}` : join(folder, name);
    server = await startTrialdeck([...sick.map(({ name }) => name), "well", "mixed"].map(targetOf));
    await expect
      .poll(async () => (await readSources()).filter(({ status, error }) => status === "ready" || error).length)
      .toBe(sick.length + 2);
  });
  test.afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const readSources = async () => (await server.ask<{ items: SourceAnswer[] }>("/sources")).items;
  const findSource = async (name: string) => {
    const label = name.replace(/^redis:\/\//, "redis ");
    return (await readSources()).find((source) => source.label === label);
  };

  for (const { name, what, code, says } of sick) {
    test(`${what} is told with what to do`, async () => {
      const source = await findSource(name);
      expect(source).toMatchObject({
        status: "unreachable",
        indexed: { runs: 0, entries: 0 },
        error: { code, message: expect.stringContaining(says), remedy: expect.stringMatching(/\w{3}/) },
      });
      // Tried again and again, it is still the same failure, since the same moment.
      const again = await findSource(name);
      expect(again?.error?.since).toBe(source?.error?.since);
    });
  }

  test("the well one beside them is read whole", async () => {
    const source = await findSource("well");
    expect(source).toMatchObject({ status: "ready", indexed: { runs: 6, complete: true } });
    expect(source?.error).toBeUndefined();
    const { items } = await server.ask<{ items: object[] }>(`/runs?limit=1000&source=${source?.id}`);
    expect(items).toHaveLength(6);
    expect(await (await fetch(`${server.origin}/api/v1/health`)).json()).toMatchObject({ status: "degraded" });
  });

  test("in a workspace the project whose database is none is told, and the others are shown", async () => {
    await expect
      .poll(() => findSource("mixed"))
      .toMatchObject({
        status: "unreachable",
        error: { code: "unsupported", message: expect.stringContaining("not a SQLite file") },
      });
    const { items } = await server.ask<{ items: RunAnswer[] }>(`/runs?source=${(await findSource("mixed"))?.id}`);
    const told = items.map(({ experimentName, warnings }) => [experimentName, warnings[0]?.sentence ?? "whole"]);
    const fromItsLog = ["wine-lab", expect.stringContaining("the key store cannot be read")];
    expect(told.sort()).toEqual([
      ["seed-mini", "whole"],
      ["seed-mini", "whole"],
      ...Array.from({ length: 6 }, () => fromItsLog),
    ]);
    const good = fixture("expops/sqlite-local/wine-lab/.wine-lab/metrics.sqlite");
    await cp(good, join(folder, "mixed/wine-lab/.wine-lab/metrics.sqlite"));
    await expect
      .poll(() => findSource("mixed"), { timeout: 15_000 })
      .toMatchObject({ status: "ready", indexed: { runs: 8, complete: true } });
    expect((await findSource("mixed"))?.error).toBeUndefined();
  });

  test("a project's database that is damaged while it is watched is told, the others go on, and it mends", async () => {
    const database = join(folder, "mixed/wine-lab/.wine-lab/metrics.sqlite");
    await writeFile(database, "A text.\n".repeat(1_000));
    await expect
      .poll(() => findSource("mixed"))
      .toMatchObject({ status: "unreachable", error: { remedy: expect.stringMatching(/\w{3}/) } });
    const { items } = await server.ask<{ items: RunAnswer[] }>(`/runs?source=${(await findSource("mixed"))?.id}`);
    expect(items.map(({ experimentName }) => experimentName)).toContain("seed-mini");
    await cp(fixture("expops/sqlite-local/wine-lab/.wine-lab/metrics.sqlite"), database);
    await expect
      .poll(() => findSource("mixed"), { timeout: 15_000 })
      .toMatchObject({ status: "ready", indexed: { runs: 8, complete: true } });
  });

  test("the overview shows each with its failure, and the runs page shows the runs there are", async ({ page }) => {
    await openSignedIn(page, server, "/");
    const sources = page.getByRole("region", { name: "Sources" });
    for (const { says } of sick)
      await expect(sources.getByRole("alert").filter({ hasText: says }).first()).toBeVisible();
    await expect(sources.getByRole("alert")).toHaveCount(sick.length);
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await expect(page.getByText("14 runs")).toBeVisible();
    await expect(page.getByRole("button", { name: `${sick.length} sources unreachable` })).toBeVisible();
  });

  test("nothing of the folder was written to", async () => {
    expect(await readFile(join(folder, "zero.sqlite"))).toHaveLength(0);
    const database = await readFile(fixture("expops/sqlite-local/wine-lab/.wine-lab/metrics.sqlite"));
    expect(await readFile(join(folder, "cut.sqlite"))).toEqual(database.subarray(0, 20_000));
    await expect(readFile(join(folder, "gone.sqlite"))).rejects.toThrow("ENOENT");
  });
});
