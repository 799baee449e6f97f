import { expect, it } from "vitest";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "../catalog/testing/sample-facts.ts";
import { AppError } from "../domain/errors.ts";
import type { Fact } from "../domain/facts.ts";
import { placeOf, tokenOf } from "./testing/fake-store.ts";
import { ann, bob, type LabOptions, openLab } from "./testing/open-lab.ts";

const row = "row lost";
const lostFacts: Fact[] = [
  factOf.run(
    sampleRun("run-late", {
      startedAt: 3,
      steps: [sampleUse("late", { entry: { id: "lost" }, executionSeconds: 40 })],
    }),
  ),
  factOf.artifact(sampleArtifact("lost.pkl", { process: "late", entryId: "lost" })),
  factOf.artifact(sampleArtifact("unread.pkl", { process: "other", entryId: "unread" })),
];
const revived = factOf.entry(sampleEntry("lost", { process: "late", token: tokenOf(row) }));

/** A result whose entry is gone and whose run is recorded, and one of which no run is. */
async function openLost(options: LabOptions = {}) {
  const lab = await openLab({ facts: lostFacts, later: [revived], ...options });
  lab.store.recorded.set(placeOf("late", null), { entryId: "lost", content: row });
  const revive = async (selector: object = { state: ["orphan"] }) => {
    const plan = await lab.operations().plan(ann, "src", { intent: "revive", selector });
    return { plan, operation: await lab.settled(await lab.apply(plan)) };
  };
  return { ...lab, revive };
}

it("revives what a run recorded, tells what that saves, and leaves what is not certain with the reason", async () => {
  const lab = await openLost();
  const { plan, operation } = await lab.revive();
  expect(plan).toMatchObject({
    intent: "revive",
    totals: { entries: 1, payloads: 0, recomputeSeconds: 40, recomputeAtLeast: false },
    kept: [{ artifactId: "unread.pkl", reason: "Its result cannot be read." }],
    lifeSeconds: 60,
    affectedRunCount: 1,
  });
  expect(operation).toMatchObject({
    kind: "revive",
    status: "done",
    totals: { outcomes: { revived: 1 } },
    undoable: true,
  });
  expect(lab.things.get("at lost")).toBe(row);
  expect(await lab.cached()).toContain("lost");
  await lab.dispose();
});

it("plans a revival without a call that changes the store", async () => {
  const lab = await openLost();
  await lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["lost"] } });
  expect(lab.store.calls).toEqual([]);
  expect(lab.things.has("at lost")).toBe(false);
  await lab.dispose();
});

it("takes a revived entry out again, only while it is still exactly that", async () => {
  const lab = await openLost();
  const { operation } = await lab.revive({ process: "late" });
  const undo = await lab.settled(await lab.operations().restore(ann, operation.id, {}, "undo"));
  expect(undo).toMatchObject({ kind: "invalidate", ofOperation: operation.id, totals: { outcomes: { deleted: 1 } } });
  expect(lab.things.has("at lost")).toBe(false);
  expect(lab.operations().find(ann, operation.id)).toMatchObject({
    undoable: false,
    totals: { outcomes: { undone: 1 } },
  });
  await expect(lab.operations().restore(ann, operation.id, {}, "again")).rejects.toMatchObject({ code: "gone" });
  // And the undoing itself has a way back.
  await lab.settled(await lab.operations().restore(ann, undo.id, {}, "back"));
  expect(lab.things.get("at lost")).toBe(row);
  await lab.dispose();
});

it("leaves an entry that was written anew since it was revived", async () => {
  const lab = await openLost();
  const { operation } = await lab.revive();
  lab.things.set("at lost", "newer");
  const undo = await lab.settled(await lab.operations().restore(ann, operation.id, {}, "undo"));
  expect(lab.outcomes(undo.id)).toEqual({ lost: "conflict" });
  expect(lab.things.get("at lost")).toBe("newer");
  await lab.dispose();
});

it("writes nothing over what came between plan and revival", async () => {
  const lab = await openLost();
  const plan = await lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["lost.pkl"] } });
  lab.things.set("at lost", "made by a run meanwhile");
  const operation = await lab.settled(await lab.apply(plan));
  expect(lab.outcomes(operation.id)).toEqual({ lost: "recreated" });
  expect(lab.things.get("at lost")).toBe("made by a run meanwhile");
  await lab.dispose();
});

it("revives nothing of another record than was planned", async () => {
  const lab = await openLost();
  const plan = await lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["lost"] } });
  lab.store.recorded.set(placeOf("late", null), { entryId: "lost", content: "another" });
  const operation = await lab.settled(await lab.apply(plan));
  expect(lab.outcomes(operation.id)).toEqual({ lost: "conflict" });
  expect(lab.things.has("at lost")).toBe(false);
  await lab.dispose();
});

it.each(["before keeping", "after taking"] as const)(
  "goes on with a revival where a killed server was: %s",
  async (point) => {
    const lab = await openLost();
    const plan = await lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["lost"] } });
    lab.store.killAt = point;
    const id = await lab.apply(plan);
    await expect.poll(() => lab.store.killAt).toBeNull();
    lab.restart();
    expect((await lab.settled(id)).totals.outcomes).toEqual({ revived: 1 });
    expect(lab.things.get("at lost")).toBe(row);
    await lab.dispose();
  },
);

it("waits for a store that does not answer", async () => {
  const lab = await openLost();
  const plan = await lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["lost"] } });
  lab.store.failures.push(new AppError("source_unavailable", "out of reach"));
  expect((await lab.settled(await lab.apply(plan))).status).toBe("done");
  await lab.dispose();
});

it("leaves to Operations what someone took out on purpose, and says when nothing is lost", async () => {
  const lab = await openLost();
  const { operation } = await lab.revive();
  await lab.settled(await lab.operations().restore(bob, operation.id, {}, "undo"));
  const again = lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["lost"] } });
  await expect(again).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("bob took it out at"),
  });
  // A run made it anew since, and that was lost again.
  const [run] = lostFacts;
  if (run?.kind !== "run") throw new Error("the first fact is the run");
  const steps = run.run.steps.map((use) => ({ ...use, endedAt: lab.clock.now + 1 }));
  await lab.catalog.writer.put("src", null, [factOf.run({ ...run.run, steps })]);
  expect((await lab.revive({ entries: ["lost"] })).plan.totals.entries).toBe(1);
  const nothing = lab.operations().plan(ann, "src", { intent: "revive", selector: { entries: ["read"] } });
  await expect(nothing).rejects.toMatchObject({ code: "not_found" });
  await expect(lab.operations().plan(ann, "src", { intent: "revive", selector: {} })).rejects.toMatchObject({
    code: "bad_request",
  });
  await lab.dispose();
});

const mortal = factOf.entry(
  sampleEntry("mortal", { process: "short", token: tokenOf("row mortal"), expiresAt: 1_060_000, locator: "at mortal" }),
);

async function openMortal() {
  const lab = await openLab({ facts: [mortal] });
  lab.things.set("at mortal", "row mortal");
  lab.store.lives.set("at mortal", 1_060_000);
  const keep = (lifeSeconds: number | null = 3600) =>
    lab
      .operations()
      .plan(ann, "src", { intent: "keep-longer", selector: { entries: ["mortal", "read"] }, lifeSeconds });
  return { ...lab, keep };
}

it("gives an entry another end, and its earlier one back", async () => {
  const lab = await openMortal();
  const plan = await lab.keep();
  expect(plan).toMatchObject({
    totals: { entries: 1 },
    lifeSeconds: 3600,
    warnings: ["1 of them does not end by itself and is left as it is."],
  });
  const operation = await lab.settled(await lab.apply(plan));
  expect(operation).toMatchObject({
    kind: "extend",
    status: "done",
    totals: { outcomes: { extended: 1 } },
    undoable: true,
  });
  expect(lab.store.lives.get("at mortal")).toBe(1_000_000 + 3_600_000);
  const undo = await lab.settled(await lab.operations().restore(ann, operation.id, {}, "undo"));
  expect(undo).toMatchObject({ kind: "extend", ofOperation: operation.id, totals: { outcomes: { extended: 1 } } });
  expect(lab.store.lives.get("at mortal")).toBe(1_060_000);
  expect(lab.outcomes(operation.id)).toEqual({ mortal: "undone" });
  await lab.dispose();
});

it("gives back no end that is over, since the store would remove the entry at once", async () => {
  const lab = await openMortal();
  const operation = await lab.settled(await lab.apply(await lab.keep(null)));
  expect(lab.store.lives.get("at mortal")).toBeNull();
  lab.clock.now = 1_060_001;
  const undo = await lab.settled(await lab.operations().restore(ann, operation.id, {}, "undo"));
  expect(lab.outcomes(undo.id)).toEqual({ mortal: "conflict" });
  expect(lab.store.lives.get("at mortal")).toBeNull();
  await lab.dispose();
});

it("leaves an end that someone else changed, and says when there is nothing to keep longer", async () => {
  const lab = await openMortal();
  const plan = await lab.keep();
  lab.store.lives.set("at mortal", 1_500_000);
  const operation = await lab.settled(await lab.apply(plan));
  expect(lab.outcomes(operation.id)).toEqual({ mortal: "conflict" });
  await expect(lab.keep(1)).rejects.toMatchObject({ code: "bad_request", message: /lives longer already/ });
  await lab.dispose();
});

it("frees no space of what is pinned, and says so; a wrong result goes all the same", async () => {
  const lab = await openLab();
  await lab.catalog.writer.pin("src", ["fit-a"], true);
  const free = await lab.operations().plan(ann, "src", { intent: "free-space", selector: { process: "fit", q: "" } });
  expect(free.warnings).toContain("1 pinned entry stays.");
  const items = lab.operations().planItems(ann, "src", free.id, { limit: 99 }).items;
  const ids = items.map(({ entryId }) => entryId);
  expect(ids).toContain("fit-b");
  expect(ids).not.toContain("fit-a");
  // Nor the files that a pinned entry names.
  expect(ids).not.toContain("fit-a.pkl");
  expect(ids).not.toContain("model");
  const wrong = await lab.operations().plan(ann, "src", { intent: "wrong-result", selector: { entries: ["fit-a"] } });
  expect(wrong.warnings).toContain("1 of the entries is pinned.");
  const all = lab.operations().plan(ann, "src", { intent: "free-space", selector: { entries: ["fit-a"] } });
  await expect(all).rejects.toMatchObject({ code: "conflict", message: "It is pinned, so it stays." });
  await lab.dispose();
});
