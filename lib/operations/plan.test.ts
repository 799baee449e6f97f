import { expect, it } from "vitest";
import { factOf, sampleArtifact, sampleEntry, sampleRun } from "../catalog/testing/sample-facts.ts";
import { ann, openLab } from "./testing/open-lab.ts";

const fitA = { entries: ["fit-a"] };

async function planned(request: Parameters<ReturnType<Awaited<ReturnType<typeof openLab>>["operations"]>["plan"]>[2]) {
  const lab = await openLab();
  const plan = await lab.operations().plan(ann, "src", request);
  const items = lab.operations().planItems(ann, "src", plan.id, { limit: 100 }).items;
  const told = Object.fromEntries(items.map(({ entryId, reason }) => [entryId, reason]));
  expect(lab.store.calls).toEqual([]);
  await lab.dispose();
  return { plan, told, items };
}

it("takes a process with its steps, so that it runs again", async () => {
  const { plan, told } = await planned({ intent: "run-again", selector: fitA });
  expect(told).toEqual({ "fit-a": "chosen", "fit-a-step": "same-process" });
  // The 10 s of the process hold those of its step.
  expect(plan.totals).toMatchObject({ entries: 2, payloads: 0, recomputeSeconds: 10, recomputeAtLeast: false });
  expect(plan).toMatchObject({ affectedRuns: ["run-a"], affectedRunCount: 1, allowed: true, confirm: null });
  const { told: ofStep } = await planned({ intent: "run-again", selector: { entries: ["fit-a-step"] } });
  expect(ofStep).toEqual({ "fit-a-step": "chosen", "fit-a": "same-process" });
});

it("takes what was made of a wrong result, by the runs that used it", async () => {
  const { plan, told } = await planned({ intent: "wrong-result", selector: fitA });
  expect(told).toEqual({ "fit-a": "chosen", "fit-a-step": "same-process", "score-a": "downstream" });
  expect(plan.downstream).toEqual([{ process: "score", step: null, entries: 1 }]);
  const direct = await planned({ intent: "wrong-result", selector: { entries: ["read"] }, downstream: "direct" });
  expect(Object.keys(direct.told).sort()).toEqual(["fit-a", "fit-a-step", "fit-b", "fit-b-step", "read"]);
  const none = await planned({ intent: "wrong-result", selector: fitA, downstream: "none" });
  expect(Object.keys(none.told)).toEqual(["fit-a", "fit-a-step"]);
});

it("plans what stands in the store now, where the catalog is behind it", async () => {
  const lab = await openLab();
  lab.store.things.set("at fit-a", "made anew by a run that no sweep has seen");
  lab.store.things.delete("at score-a");
  const plan = await lab.operations().plan(ann, "src", { intent: "wrong-result", selector: fitA });
  expect(plan.totals.entries).toBe(2);
  const operation = await lab.settled(await lab.apply(plan));
  expect(lab.outcomes(operation.id)).toEqual({ "fit-a": "deleted", "fit-a-step": "deleted" });
  expect(lab.store.things.has("at fit-a")).toBe(false);
  await lab.dispose();
});

it("says so where what follows is not known, and takes only what is listed", async () => {
  const lab = await openLab();
  lab.store.graph = null;
  const plan = await lab.operations().plan(ann, "src", { intent: "wrong-result", selector: fitA });
  expect(plan.totals.entries).toBe(2);
  expect(plan.warnings).toEqual([expect.stringContaining("What follows these processes is not known")]);
  await lab.dispose();
});

it("frees files that nothing else names, keeps the others and says why", async () => {
  const { plan, items } = await planned({
    intent: "free-space",
    selector: { entries: ["fit-a", "orphan"] },
  });
  expect(items.map(({ entryId, of }) => `${of} ${entryId}`)).toEqual([
    "entry fit-a",
    "artifact orphan",
    "artifact fit-a.pkl",
  ]);
  expect(plan.kept).toEqual([{ artifactId: "model", reason: "another entry names it too" }]);
  expect(plan.totals).toMatchObject({ entries: 1, payloads: 2, bytesNow: 300, bytesAfterTrash: 100 });
  const { plan: both } = await planned({ intent: "free-space", selector: { entries: ["fit-a", "fit-b"] } });
  expect(both.kept).toEqual([]);
  expect(both.totals.bytesAfterTrash).toBe(0);
});

it("leaves a file that may still get its record, and every one while a source cannot be read", async () => {
  const repair = { intent: "repair" as const, selector: {} };
  const young = await openLab({
    orphans: { before: 100_000 },
    facts: [factOf.artifact(sampleArtifact("late", { modifiedAt: 500_000 }))],
  });
  const plan = await young
    .operations()
    .plan(ann, "src", { intent: "free-space", selector: { entries: ["orphan", "late"] } });
  expect(plan.totals.payloads).toBe(1);
  expect(plan.warnings).toEqual([expect.stringContaining("1 file that no record names is younger than an hour")]);
  await young.dispose();
  const unsure = await openLab({ orphans: { why: ["lab cannot be read."] } });
  await expect(unsure.operations().plan(ann, "src", repair)).rejects.toMatchObject({
    code: "conflict",
    message: "lab cannot be read.",
  });
  await unsure.dispose();
});

it("repairs what is broken or an orphan and nothing else", async () => {
  const { told } = await planned({ intent: "repair", selector: {} });
  expect(told).toEqual({ orphan: "chosen" });
  await expect(planned({ intent: "repair", selector: fitA })).rejects.toMatchObject({ code: "bad_request" });
  await expect(planned({ intent: "run-again", selector: { entries: ["orphan"] } })).rejects.toMatchObject({
    code: "bad_request",
  });
  await expect(planned({ intent: "custom", selector: {} })).rejects.toMatchObject({ code: "bad_request" });
  await expect(planned({ intent: "custom", selector: { q: "process = none" } })).rejects.toMatchObject({
    code: "not_found",
  });
});

it("asks to type the source's name for many things and in production", async () => {
  const many = await openLab({ rules: { confirmAbove: 1 } });
  expect((await many.operations().plan(ann, "src", { intent: "run-again", selector: fitA })).confirm).toBe("wine-lab");
  await many.dispose();
  const production = await openLab({ source: { environment: "Production" } });
  const plan = await production.operations().plan(ann, "src", { intent: "custom", selector: fitA });
  expect(plan.confirm).toBe("wine-lab");
  await production.dispose();
});

it("refuses on SQLite while a run shows life, by settings, by role and beyond its cap", async () => {
  const facts = [factOf.run(sampleRun("live", { status: "running" }))];
  const live = await openLab({ facts, source: { engines: [{ slot: "index", engine: "sqlite" }] } });
  const plan = await live.operations().plan(ann, "src", { intent: "custom", selector: fitA });
  expect(plan).toMatchObject({ allowed: false, refusal: expect.stringContaining("The run live is under way") });
  await expect(live.apply(plan)).rejects.toMatchObject({ code: "conflict" });
  await live.dispose();

  const lab = await openLab({ rules: { mode: "plan" } });
  const refused = await lab.operations().plan(ann, "src", { intent: "custom", selector: fitA });
  expect(refused).toMatchObject({ allowed: false, refusal: expect.stringContaining("makes plans only") });
  await expect(lab.apply(refused)).rejects.toMatchObject({ code: "forbidden" });
  expect(lab.store.calls).toEqual([]);
  await lab.dispose();
  const readOnly = await openLab({ source: { readOnly: true } });
  await expect(readOnly.operations().plan(ann, "src", { intent: "custom", selector: fitA })).rejects.toMatchObject({
    code: "forbidden",
    message: "wine-lab is read-only here.",
  });
  await readOnly.dispose();

  const off = await openLab({ rules: { mode: "off", mostItems: 2 } });
  await expect(off.operations().plan(ann, "src", { intent: "custom", selector: fitA })).rejects.toMatchObject({
    code: "forbidden",
  });
  await off.dispose();
  const small = await openLab({ rules: { mostItems: 2 } });
  const viewer = { ...ann, role: "viewer" as const };
  await expect(small.operations().plan(ann, "src", { intent: "custom", selector: { q: "" } })).rejects.toMatchObject({
    code: "too_large",
  });
  await expect(small.operations().plan(viewer, "src", { intent: "custom", selector: fitA })).rejects.toMatchObject({
    code: "forbidden",
  });
  await small.dispose();
});

it("mends what holds another model than its own by making its process anew, and frees what is expired", async () => {
  const facts = [
    factOf.entry(
      sampleEntry("fit-a", {
        process: "fit",
        payloads: [{ artifactId: "model", role: "model", bytesRecorded: 99 }],
        ttl: { seconds: 60, enforced: false },
      }),
    ),
  ];
  const lab = await openLab({ facts });
  const idsOf = async (request: Parameters<ReturnType<typeof lab.operations>["plan"]>[2]) => {
    const plan = await lab.operations().plan(ann, "src", request);
    return lab
      .operations()
      .planItems(ann, "src", plan.id, { limit: 9 })
      .items.map(({ entryId }) => entryId);
  };
  expect(await idsOf({ intent: "repair", selector: { kind: "size" } })).toEqual(["fit-a", "fit-a-step"]);
  expect(await idsOf({ intent: "free-space", selector: { kind: "expiry" } })).toEqual(["fit-a"]);
  await expect(idsOf({ intent: "repair", selector: { kind: "expiry" } })).rejects.toMatchObject({
    code: "bad_request",
  });
  await lab.dispose();
});
