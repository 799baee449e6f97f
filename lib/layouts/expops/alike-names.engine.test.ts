import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { openFirestoreDriver } from "../../drivers/firestore/firestore-driver.ts";
import { openWriter } from "../../drivers/firestore/testing/firestore-clients.ts";
import { openGcsDriver } from "../../drivers/gcs/gcs-driver.ts";
import { entryPath, runsIn } from "./document-rows.ts";
import { experimentIdOf } from "./paths.ts";
import { collectFacts } from "./testing/collect-facts.ts";
import { hashes, StoredProject, version } from "./testing/stored-project.ts";

const bucket = "alike";
const fit = StoredProject.xpath("fit");
const file = `cache/${version}/p_x/steps/r/stable_process__fit_${hashes.input}_${hashes.config}_${hashes.function}.pkl`;

/**
 * The tool writes a project's name as it is, into paths of documents and names of objects alike: these would fall into one if any were escaped
 * twice, unescaped, folded, brought to one Unicode form, trimmed, or taken for the beginning of another.
 */
const projects = [
  "lab one",
  "lab%20one",
  "lab+one",
  "Lab",
  "lab",
  "lab ",
  "lab-2",
  "lab.2",
  "caf\u00e9",
  "cafe\u0301",
  "projects",
  "cache",
];

describe.skipIf(!isEngineWanted("firestore") || !isEngineWanted("gcs"))("projects whose names look alike", () => {
  let emulator: FirestoreEmulator;
  let objects: ObjectStore;
  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
    objects = await startObjectStore();
    await objects.makeBucket(bucket);
  }, buildMillis);
  afterAll(async () => {
    await Promise.all([emulator?.stop(), objects?.stop()]);
  });

  test("are all shown, each with its own runs, entries and results", async () => {
    const project = emulator.newProject();
    const writer = await openWriter(emulator.host, project);
    for (const [at, name] of projects.entries()) {
      const run = `project-${name}-20261121120000-0000000${at.toString(16)}`;
      await writer.doc(`${runsIn(name)}/${run}`).set({ status: "completed", last_updated: at });
      await writer.doc(entryPath(name, fit, null, hashes)).set({
        status: "completed",
        run_id: run,
        process_name: fit,
        cache_path: `gs://${bucket}/${name}/${file}`,
      });
      await objects.put(bucket, `${name}/${file}`, "x".repeat(at + 1));
    }
    await writer.terminate();
    const index = await openFirestoreDriver({ project, emulatorHost: emulator.host });
    const blobs = await openGcsDriver({ bucket, emulatorHost: new URL(objects.url).host });
    const found = await collectFacts({
      index: [{ driver: index, scope: null }],
      blobs: [{ driver: blobs, scope: null }],
    });
    await index.close();
    await blobs.close();

    expect(found.experiments.sort()).toEqual(projects.toSorted());
    const experimentOf = (name: string) => experimentIdOf("lab", name);
    for (const [at, name] of projects.entries()) {
      const runs = [...found.runs.values()].filter(({ experimentId }) => experimentId === experimentOf(name));
      expect(runs.map((run) => run.name)).toEqual([`project-${name}-20261121120000-0000000${at.toString(16)}`]);
      const entries = found.entries.filter(({ experimentId }) => experimentId === experimentOf(name));
      expect(entries).toMatchObject([{ process: "fit", producerRunId: runs[0]?.id, payloads: [{ role: "result" }] }]);
      const result = found.artifacts.get(entries[0]?.payloads[0]?.artifactId ?? "");
      expect(result).toMatchObject({ name: `${name}/${file}`, bytes: at + 1, experimentId: experimentOf(name) });
    }
    expect(found.artifacts.size).toBe(projects.length);
  });
});
