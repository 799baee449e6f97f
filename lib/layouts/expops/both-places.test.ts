import { expect, test } from "vitest";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { openMemoryDocumentDriver } from "../../drivers/memory/memory-document-driver.ts";
import { entryPath } from "./document-rows.ts";
import { expopsLayout } from "./index.ts";
import { encodeProbePath } from "./names.ts";
import { FactStore, gatherFacts } from "./testing/collect-facts.ts";
import { hashes, StoredProject, version } from "./testing/stored-project.ts";

const file = (process: string, folder: string) =>
  `cache/${version}/${encodeProbePath(StoredProject.xpath(process))}/steps/${folder}stable_process____process[@name='${process}']_${hashes.input}_${hashes.config}_${hashes.function}.pkl`;
/** What a run before the project moved to the bucket left, and one after. */
const local = { recorded: `/srv/ws/lab/.lab/${file("fit", "")}`, name: `lab/.lab/${file("fit", "")}` };
const remote = { recorded: `gs://bucket/lab/${file("score", "run/")}`, name: `lab/${file("score", "run/")}` };
const orphans = [`lab/.lab/${file("old", "")}`, `lab/${file("older", "run/")}`];
const log = "lab/.lab/logs/lab_20261121_120000.log";

test("a project with results on the disk and in a bucket shows both, each entry with its own, and what no entry names of either", async () => {
  const documents = Object.fromEntries(
    [
      ["fit", local.recorded],
      ["score", remote.recorded],
    ].map(([process = "", cache_path = ""]) => [
      entryPath("lab", StoredProject.xpath(process), null, hashes),
      { status: "completed", process_name: StoredProject.xpath(process), cache_path },
    ]),
  );
  const folder = await openMemoryBlobDriver({
    files: new Map([local.name, orphans[0]!, log].map((name) => [name, `of the disk: ${name}`])),
  });
  const bucket = await openMemoryBlobDriver({
    files: new Map([remote.name, orphans[1]!].map((name) => [name, `of the bucket: ${name}`])),
    engine: "gcs",
  });
  const store = new FactStore();
  const layout = await expopsLayout.open(
    {
      index: [{ driver: await openMemoryDocumentDriver(documents), scope: null }],
      blobs: [bucket, folder].map((driver) => ({ driver, scope: null })),
    },
    store.context,
  );
  const found = await gatherFacts(layout.scan(store.context, new AbortController().signal), store);

  const nameOf = (artifactId = "") => found.artifacts.get(artifactId)?.name;
  const results = found.entries.map(({ process, payloads }) => [process, nameOf(payloads[0]?.artifactId)]);
  expect(results.sort()).toEqual([
    ["fit", local.name],
    ["score", remote.name],
  ]);
  const named = new Set(found.entries.flatMap(({ payloads }) => payloads.map(({ artifactId }) => artifactId)));
  const unnamed = [...found.artifacts.values()].filter(({ id }) => !named.has(id)).map(({ name }) => name);
  expect(unnamed.sort()).toEqual(orphans.toSorted());

  for (const [{ name }, place] of [
    [local, "disk"],
    [remote, "bucket"],
  ] as const) {
    const artifact = [...found.artifacts.values()].find((one) => one.name === name);
    const opened = await layout.openArtifact(artifact?.locator ?? "");
    const bytes = await opened?.blobs.read(opened.path, { offset: 0, length: 1_000 });
    expect(Buffer.from(bytes ?? "").toString()).toBe(`of the ${place}: ${name}`);
  }
});
