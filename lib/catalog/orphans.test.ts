import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fact } from "../domain/facts.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog(() => Date.now());
});
afterEach(() => catalog.dispose());

const project = (id: string): Fact => ({ kind: "experiment", id, name: "lab" });
const bucketFile = (id: string, said = {}) =>
  factOf.artifact(sampleArtifact(id, { address: `gs://lab/${id.replace(/^b-/, "")}`, ...said }));

async function orphans(source: string) {
  const { items } = await catalog.reader.entries({
    sources: [source],
    scope: everything,
    limit: 100,
    state: ["orphan"],
  });
  return items.map(({ id }) => id);
}

test("a file of a shared bucket that only another index names is no orphan: 1 instead of 2", async () => {
  await catalog.writer.expectSources(["a", "b"]);
  await catalog.sweep(
    [
      bucketFile("b-of-b"),
      bucketFile("b-lost"),
      factOf.entry(sampleEntry("e", { payloads: [{ artifactId: "b-of-b", role: "result" }] })),
    ],
    "b",
  );
  await catalog.sweep([bucketFile("of-b"), bucketFile("lost")], "a");
  expect(await orphans("a")).toEqual(["lost"]);
});

test("it stops being one in each source as soon as one of them names it", async () => {
  await catalog.writer.expectSources(["a", "b"]);
  await catalog.sweep([bucketFile("b-x")], "b");
  await catalog.sweep([bucketFile("x")], "a");
  expect(await orphans("a")).toEqual(["x"]);
  await catalog.writer.put("b", null, [
    factOf.entry(sampleEntry("e", { payloads: [{ artifactId: "b-x", role: "result" }] })),
  ]);
  expect(await orphans("a")).toEqual([]);
  expect(await orphans("b")).toEqual([]);
  const { items } = await catalog.reader.ledger({ sources: ["a"], scope: everything, by: "kind", limit: 10 });
  await expect.poll(async () => items.every(({ group }) => group !== "step")).toBe(true);
});

test("while a configured source was never read completely, nothing is an orphan: 0 instead of 1", async () => {
  await catalog.writer.expectSources(["a"]);
  await catalog.sweep([bucketFile("lost")], "a");
  expect(await orphans("a")).toEqual(["lost"]);
  await catalog.writer.expectSources(["a", "b"]);
  expect(await orphans("a")).toEqual([]);
  await catalog.sweep([bucketFile("lost")], "a");
  expect(await orphans("a")).toEqual([]);
  await catalog.sweep([], "b");
  await catalog.sweep([bucketFile("lost")], "a");
  expect(await orphans("a")).toEqual(["lost"]);
});

test("a source that is not configured any more hides nothing", async () => {
  await catalog.sweep(
    [bucketFile("b-x"), factOf.entry(sampleEntry("e", { payloads: [{ artifactId: "b-x", role: "result" }] }))],
    "b",
  );
  await catalog.writer.expectSources(["a"]);
  await catalog.sweep([bucketFile("x")], "a");
  expect(await orphans("a")).toEqual(["x"]);
});

test("an unread result keeps everything of its version and process unknown, in its source and in one of the same project", async () => {
  const files = [
    bucketFile("array", { role: "array", version: "v1" }),
    bucketFile("model", { role: "model", version: "v2" }),
    bucketFile("result", { version: "v1" }),
    bucketFile("other", { role: "array", version: "v1", process: "score" }),
  ];
  const unread = (process: string) =>
    factOf.entry(sampleEntry("e", { process, version: "v1", payloadsComplete: false, experimentId: "exp" }));
  await catalog.sweep([project("exp"), ...files, unread("train")], "a");
  expect(await orphans("a")).toEqual(["other"]);
  await catalog.sweep([project("exp"), ...files], "a");
  expect((await orphans("a")).sort()).toEqual(["array", "model", "other", "result"]);
  await catalog.sweep(
    [
      project("b-exp"),
      factOf.entry(
        sampleEntry("e", { experimentId: "b-exp", process: "train", version: "v1", payloadsComplete: false }),
      ),
    ],
    "b",
  );
  await catalog.sweep([project("exp"), ...files], "a");
  expect(await orphans("a")).toEqual(["other"]);
});

test("in a bucket nothing is an orphan until all its indexes are said to be connected, nor after that is revoked", async () => {
  const files = [bucketFile("lost", { bucket: "gs://lab" }), bucketFile("alone", { address: "/home/lab/alone" })];
  await catalog.writer.expectSources(["a"]);
  await catalog.sweep(files, "a");
  expect(await orphans("a")).toEqual(["alone"]);
  expect(await catalog.writer.confirmBuckets(["gs://other"])).toEqual([{ source: "a", changes: [] }]);
  expect(await orphans("a")).toEqual(["alone"]);
  const told = await catalog.writer.confirmBuckets(["gs://lab"]);
  expect(told).toMatchObject([{ source: "a", changes: [{ event: "cache" }] }]);
  expect(await catalog.writer.confirmBuckets(["gs://lab"])).toEqual([]);
  expect((await orphans("a")).sort()).toEqual(["alone", "lost"]);
  await catalog.sweep(files, "a");
  expect((await orphans("a")).sort()).toEqual(["alone", "lost"]);
  await catalog.writer.confirmBuckets([]);
  expect(await orphans("a")).toEqual(["alone"]);
});
