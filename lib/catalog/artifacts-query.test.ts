import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ArtifactsQuery } from "./contract.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

const hour = 3_600_000;
let catalog: ReturnType<typeof openSampleCatalog>;
const chart = (createdAt: number, bytesRecorded: number, producerRunId: string | null = null) => ({
  artifactId: "plot",
  process: "curves",
  title: "plot.png",
  mediaType: "image/png",
  bytesRecorded,
  createdAt,
  producerRunId,
});

beforeAll(async () => {
  catalog = openSampleCatalog();
  await catalog.sweep([
    factOf.run(sampleRun("first", { charts: [chart(hour, 500)], steps: [sampleUse("train", { entry: { id: "e" } })] })),
    factOf.run(
      sampleRun("again", {
        startedAt: 2 * hour,
        charts: [chart(hour, 500, "first")],
        steps: [
          sampleUse("train", {
            origin: "reused",
            producer: { runId: "first", startedAt: null, executionSeconds: null },
            entry: { id: "e" },
          }),
        ],
      }),
    ),
    factOf.run(sampleRun("later", { startedAt: 9 * hour, charts: [chart(9 * hour, 500)] })),
    factOf.artifact(
      sampleArtifact("plot", {
        name: "artifacts/plot.png",
        role: "chart",
        bytes: 500,
        modifiedAt: 9 * hour,
        mediaType: "image/png",
      }),
    ),
    factOf.entry(sampleEntry("e", { payloads: [{ artifactId: "result", role: "result" }] })),
    factOf.artifact(sampleArtifact("result", { name: "cache/Result.pkl", bytes: 2_000_000 })),
    factOf.artifact(
      sampleArtifact("log", { name: "logs/a.log", role: "file", bytes: null, modifiedAt: null, process: null }),
    ),
  ]);
});
afterAll(() => catalog.dispose());

const ask = (query: Partial<ArtifactsQuery> = {}) =>
  catalog.reader.artifacts({ sources: ["src"], scope: everything, limit: 10, ...query });
const ids = async (query: Partial<ArtifactsQuery> = {}) => (await ask(query)).items.map(({ id }) => id).join(" ");

describe("a list of artifacts", () => {
  test.each<[Partial<ArtifactsQuery>, string]>([
    [{}, "plot result log"],
    [{ sort: "-bytes" }, "result plot log"],
    [{ sort: "modified" }, "result plot log"],
    [{ prefix: "cache/" }, "result"],
    [{ prefix: "%" }, ""],
    [{ run: "first" }, "plot result"],
    [{ run: "again" }, "plot result"],
    [{ run: "nobody" }, ""],
    [{ q: "result" }, "result"],
    [{ q: "size > 1MiB or process != train" }, "result"],
    [{ q: "not size exists" }, "log"],
  ])("%j", async (query, found) => {
    expect(await ids(query)).toBe(found);
  });

  test("pages", async () => {
    const first = await ask({ limit: 2 });
    expect(first.total).toEqual({ value: 3, exact: true });
    expect(await ids({ limit: 2, cursor: first.nextCursor! })).toBe("log");
  });

  test("is refused for an order it does not have", async () => {
    await expect(ask({ sort: "colour" })).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("an artifact", () => {
  test("of the cache names its producer, its users and its entry", async () => {
    expect(await catalog.reader.artifact("src", "result", everything)).toMatchObject({
      runId: "first",
      entryId: "e",
      sharedBy: 1,
      role: "result",
      process: "train",
      orphan: false,
      producer: { runId: "first", runName: "first" },
      usedBy: [{ runId: "again" }, { runId: "first" }],
    });
  });

  test("that a later run wrote over says so, to each run whose record it no longer fits", async () => {
    expect(await catalog.reader.artifact("src", "plot", everything)).toMatchObject({
      runId: "first",
      sharedBy: 3,
      replacedSince: "later",
    });
    const charts = await Promise.all(
      ["first", "again", "later"].map(async (run) => (await catalog.reader.run("src", run))?.charts[0]),
    );
    expect(charts.map((found) => found?.replacedSince)).toEqual(["later", "later", null]);
    expect(charts[1]).toMatchObject({
      artifactId: "plot",
      title: "plot.png",
      producerRunId: "first",
      bytesRecorded: 500,
      createdAt: "1970-01-01T01:00:00.000Z",
    });
  });

  test("that is not there is null", async () => {
    expect(await catalog.reader.artifact("src", "nothing", everything)).toBeNull();
    expect(await catalog.reader.artifact("nowhere", "plot", everything)).toBeNull();
    expect(await catalog.reader.locator("src", "artifact", "nothing")).toBeNull();
  });
});
