import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localAdmin } from "../auth/viewer.ts";
import { openSampleCatalog } from "../catalog/testing/open-catalog.ts";
import { factOf, sampleArtifact } from "../catalog/testing/sample-facts.ts";
import type { SourceStatus } from "../sources/source-status.ts";
import { openState } from "../state/state.ts";
import { answerBuckets, applyConfirmations } from "./bucket-questions.ts";
import { answerOrphans } from "./orphan-questions.ts";
import { createSourceRegistry } from "./source-questions.ts";

const folder = () => mkdtempSync(join(tmpdir(), "buckets-"));

/** A server over a bucket that these sources use, each of which is read. */
async function openBuckets(sources: readonly string[], place = folder()) {
  const registry = createSourceRegistry();
  const status = (id: string, said: Partial<SourceStatus> = {}): SourceStatus => ({
    id,
    label: `label of ${id}`,
    environment: null,
    layout: "expops",
    engines: [],
    buckets: ["gs://lab"],
    phase: "ready",
    capabilities: [],
    hints: [],
    sweepSeconds: null,
    error: null,
    ...said,
  });
  for (const id of sources) registry.update(status(id));
  const catalog = openSampleCatalog(() => 9e9);
  const state = openState(place, { lasting: true });
  const told: string[] = [];
  const context = {
    registry,
    reader: catalog.reader,
    writer: catalog.writer,
    confirmations: state.bucketConfirmations,
    events: { publish: (source: string) => told.push(source) },
    now: () => 9e9,
  };
  await catalog.writer.expectSources(sources);
  await applyConfirmations(context);
  // What is in one source is judged once the others are read as well.
  for (const id of [...sources, ...sources]) {
    const address = `gs://lab/lost of ${id}`;
    await catalog.sweep([factOf.artifact(sampleArtifact(`lost of ${id}`, { bucket: "gs://lab", address }))], id);
  }
  const orphans = answerOrphans(registry, catalog.reader, state.bucketConfirmations, () => 9e9);
  return {
    ...answerBuckets(context),
    update: (id: string, said: Partial<SourceStatus>) => registry.update(status(id, said)),
    state,
    told,
    async orphans() {
      const { items, why } = await orphans.orphans(localAdmin, { side: "payload", limit: 9 });
      return { ids: items.map(({ id }) => id).sort(), why };
    },
    async stop() {
      state.close();
      await catalog.dispose();
    },
  };
}

it("calls nothing in a bucket an orphan before an admin has confirmed its indexes, and says so", async () => {
  const lab = await openBuckets(["a", "b"]);
  expect(await lab.orphans()).toEqual({
    ids: [],
    why: ["Nobody has confirmed that all indexes of gs://lab are connected: nothing in it is called an orphan."],
  });
  const [bucket] = (await lab.buckets(localAdmin)).items;
  expect(bucket).toMatchObject({ name: "gs://lab", sources: ["a", "b"], confirmed: null, missing: [] });
  const operator = { ...localAdmin, role: "operator" as const };
  await expect(lab.confirmBucket(operator, bucket!.id)).rejects.toMatchObject({ code: "forbidden" });
  await expect(lab.confirmBucket(localAdmin, "none")).rejects.toMatchObject({ code: "not_found" });

  expect(await lab.confirmBucket(localAdmin, bucket!.id)).toMatchObject({
    confirmed: { by: "local", sources: ["a", "b"] },
  });
  expect(lab.told.sort()).toEqual(["a", "b"]);
  expect(await lab.orphans()).toEqual({ ids: ["lost of a", "lost of b"], why: [] });
  await lab.revokeBucket(localAdmin, bucket!.id);
  expect((await lab.orphans()).ids).toEqual([]);
  expect(
    lab.state.audit.list(localAdmin, null, 9).map(({ action, subject, result }) => [action, subject, result]),
  ).toEqual([
    ["revoke bucket", "gs://lab", "had been confirmed by local"],
    ["confirm bucket", "gs://lab", "all indexes are connected: label of a, label of b"],
  ]);
  expect(lab.state.audit.verify()).toBeNull();
  await lab.stop();
});

it("is not confirmed while a source is out of reach, which may use it as well", async () => {
  const lab = await openBuckets(["a", "b"]);
  lab.update("b", { phase: "unreachable", buckets: [] });
  const [bucket] = (await lab.buckets(localAdmin)).items;
  await expect(lab.confirmBucket(localAdmin, bucket!.id)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("Whether label of b uses this bucket is not known"),
  });
  await lab.stop();
});

it("holds over a restart, and no longer when an index that it was given for is gone from the settings", async () => {
  const place = folder();
  const first = await openBuckets(["a", "b"], place);
  const { id } = (await first.buckets(localAdmin)).items[0]!;
  await first.confirmBucket(localAdmin, id);
  await first.stop();
  const second = await openBuckets(["a", "b"], place);
  expect((await second.orphans()).ids).toEqual(["lost of a", "lost of b"]);
  await second.stop();
  const third = await openBuckets(["a"], place);
  expect((await third.buckets(localAdmin)).items[0]).toMatchObject({ confirmed: { by: "local" }, missing: ["b"] });
  expect((await third.orphans()).ids).toEqual([]);
  await third.stop();
});
