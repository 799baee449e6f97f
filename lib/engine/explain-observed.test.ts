import { afterEach, expect, it } from "vitest";
import { openMemoryKeyValueDriver } from "../drivers/memory/memory-key-value-driver.ts";
import { StoredProject } from "../layouts/expops/testing/stored-project.ts";
import { explainSlots } from "./testing/explained-project.ts";

const seconds = Math.floor(Date.now() / 1000);
const [earlier, later] = [nameAt(-3600), nameAt(3600)];
let lab: Awaited<ReturnType<typeof explainSlots>> | null = null;
afterEach(() => lab?.close());

function nameAt(offset: number): string {
  const digits = new Date((seconds + offset) * 1000).toISOString().replace(/\D/g, "").slice(0, 14);
  return new StoredProject().runName(digits);
}

/** The rows of one run that executed `fit`, and of the entry that it made. */
function ranFit(run: string, startedAt: number): Map<string, string> {
  const lab = new StoredProject();
  const record = {
    status: "completed",
    execution_time: 2,
    started_at: startedAt,
    ended_at: startedAt + 2,
    run_id: run,
    cache_path: lab.resultPath("fit"),
  };
  lab.status(run, "completed").use(run, "fit", null, record).entry("fit", null, record);
  return lab.redisRows();
}

/** An earlier run made the entry, which lives for so long; it was deleted, which was `seen` or not, before a later run made it anew. */
async function explainLoss({ lives, seen }: { lives: number | null; seen: boolean }) {
  const values = new Map<string, string | { value: string; expiresAt: number }>(ranFit(earlier, seconds - 3590));
  const [entry = "", row] = [...values].find(([key]) => key.includes(":idx:")) ?? [];
  if (lives !== null) values.set(entry, { value: row as string, expiresAt: (seconds + lives) * 1000 });
  lab = await explainSlots({ index: [{ driver: await openMemoryKeyValueDriver({ values }), scope: null }] });
  values.delete(entry);
  if (seen) await lab.sweep();
  for (const [key, value] of ranFit(later, seconds + 3610)) values.set(key, value);
  await lab.sweep();
  return lab.explain(later, "fit");
}

it("an entry without an end that was seen to go was removed", async () => {
  expect(await explainLoss({ lives: null, seen: true })).toMatchObject({ verdict: "removed", certainty: "observed" });
});

it("one whose end was still to come when the run looked for it did not expire", async () => {
  expect(await explainLoss({ lives: 7200, seen: true })).toMatchObject({ verdict: "removed", certainty: "observed" });
});

it("one whose end had come by then had expired", async () => {
  expect(await explainLoss({ lives: 1800, seen: true })).toMatchObject({ verdict: "expired", certainty: "observed" });
});

it("what nobody saw is not guessed", async () => {
  expect(await explainLoss({ lives: null, seen: false })).toMatchObject({
    verdict: "same-key-lost",
    certainty: "recorded",
    candidates: ["removed", "payload-gone"],
  });
});
