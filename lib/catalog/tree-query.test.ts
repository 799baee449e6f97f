import { afterAll, beforeAll, expect, test } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
const entry = (id: string, process: string | null, step: string | null, experimentId = "exp") =>
  factOf.entry(sampleEntry(id, { process, step, experimentId, payloads: [{ artifactId: `f-${id}`, role: "result" }] }));

beforeAll(async () => {
  catalog = openSampleCatalog();
  const ids = ["a", "b", "c", "d"];
  await catalog.sweep([
    { kind: "experiment", id: "exp", name: "wine" },
    entry("a", "train", null),
    entry("b", "train", "fit"),
    entry("c", "eval", null),
    entry("d", null, null, "keys"),
    ...ids.map((id, index) => factOf.artifact(sampleArtifact(`f-${id}`, { bytes: 10 ** index }))),
  ]);
});
afterAll(() => catalog.dispose());

const below = (prefix: string | null, scope: { experiments: string[] | null } = everything) =>
  catalog.reader.tree({ source: "src", scope, prefix });
const told = (nodes: Awaited<ReturnType<typeof below>>) =>
  nodes.map(({ label, entries, bytes, hasChildren }) => [label, entries, bytes, hasChildren]);

test("goes from experiments to processes to steps, with what stands below each", async () => {
  const experiments = await below(null);
  expect(told(experiments)).toEqual([
    ["wine", 3, 111, true],
    ["keys", 1, 1000, false],
  ]);
  const processes = await below(experiments[0]!.id);
  expect(told(processes)).toEqual([
    ["eval", 1, 100, false],
    ["train", 2, 11, true],
  ]);
  const steps = await below(processes[1]!.id);
  expect(told(steps)).toEqual([
    ["(no step)", 1, 1, false],
    ["fit", 1, 10, false],
  ]);
  expect(await below(steps[1]!.id)).toEqual([]);
});

test("follows what comes, changes and goes", async () => {
  await catalog.writer.put("src", null, [
    { kind: "gone", of: "entry", id: "c" },
    entry("b", "tune", "fit"),
    factOf.artifact(sampleArtifact("f-b", { bytes: 5 })),
  ]);
  const [wine] = await below(null);
  // The payload of the entry that went is an orphan now; its name places it at train.
  expect(told(await below(wine!.id))).toEqual([
    ["train", 2, 101, false],
    ["tune", 1, 5, true],
  ]);
});

test("shows a viewer only what is theirs, and refuses a node that is none", async () => {
  expect(told(await below(null, { experiments: ["keys"] }))).toEqual([["keys", 1, 1000, false]]);
  for (const prefix of ["rubbish", Buffer.from("{}").toString("base64url"), Buffer.from("[1]").toString("base64url")]) {
    await expect(below(prefix)).rejects.toMatchObject({ code: "bad_request" });
  }
  expect(await catalog.reader.tree({ source: "nowhere", scope: everything, prefix: null })).toEqual([]);
});
