import { expect, it } from "vitest";
import { factOf, sampleEntry } from "../catalog/testing/sample-facts.ts";
import { tokenOf } from "./testing/fake-store.ts";
import { ann, bob, openLab } from "./testing/open-lab.ts";

const fits = { intent: "custom" as const, selector: { q: "process = fit and not step exists" } };
const dayMillis = 24 * 3600_000;
const carl = { name: "carl", role: "operator" as const, grants: null };

async function openProposal(days = 3) {
  const lab = await openLab();
  const operations = lab.operations();
  const plan = await operations.plan(ann, "src", fits);
  const published = operations.publish(ann, "src", plan.id, { days, note: "before the release" });
  const items = (id: string, held?: boolean) => operations.planItems(bob, "src", id, { limit: 9, held }).items;
  return { lab, operations, published, id: plan.id, items };
}

it("is shown to others for days, with what is held back, by whom and why", async () => {
  const { lab, operations, published, id, items } = await openProposal();
  expect(published).toMatchObject({
    expiresAt: "1970-01-04T00:16:40.000Z",
    proposal: { by: "ann", note: "before the release", state: "open", heldItems: 0 },
  });
  operations.hold(carl, "src", id, { items: ["fit-a"], reason: "my paper cites it" });
  operations.hold(bob, "src", id, { items: ["fit-a"], reason: "mine too" });
  expect(items(id).map(({ entryId, held }) => [entryId, held?.by])).toEqual([
    ["fit-a", "carl"],
    ["fit-b", undefined],
  ]);
  expect(items(id, true)).toMatchObject([
    { entryId: "fit-a", held: { by: "carl", at: "1970-01-01T00:16:40.000Z", reason: "my paper cites it" } },
  ]);
  expect(operations.findPlan(bob, "src", id).proposal?.heldItems).toBe(1);
  expect(operations.proposals(bob, { limit: 9, open: true }).items).toMatchObject([
    { id, totals: { entries: 2 }, proposal: { heldItems: 1 } },
  ]);
  expect(() => operations.hold(bob, "src", id, { items: ["read"], reason: "no" })).toThrow(/Not all of this is/);
  expect(() => operations.release({ ...carl, name: "dora" }, "src", id, ["fit-a"])).toThrow(/carl holds this back/);
  operations.release(carl, "src", id, ["fit-a"]);
  expect(items(id, true)).toEqual([]);
  expect(
    operations.audit(ann, { limit: 9 }).items.map(({ by, action, subject, result }) => [by, action, subject, result]),
  ).toEqual([
    ["carl", "release", `${id} key:fit-a`, "was held back by carl: my paper cites it"],
    ["carl", "hold back", `${id} key:fit-a`, "my paper cites it"],
    ["ann", "publish plan", id, "until 1970-01-04T00:16:40.000Z: before the release"],
  ]);
  expect(lab.state().audit.verify()).toBeNull();
  await lab.dispose();
});

it("is planned again before it is applied: what came, what went, what changed, what is held back", async () => {
  const { lab, operations, id } = await openProposal();
  const more = (name: string, token = name) =>
    factOf.entry(sampleEntry(name, { process: "fit", token: tokenOf(token) }));
  await lab.catalog.writer.put("src", null, [more("fit-c")]);
  const second = await operations.plan(ann, "src", fits);
  operations.publish(ann, "src", second.id, { days: 1 });
  lab.things.set("at fit-d", "row fit-d");
  lab.clock.now += dayMillis / 2;
  await lab.catalog.writer.put("src", null, [
    { kind: "gone", of: "entry", id: "fit-c" },
    more("fit-d", "row fit-d"),
    more("fit-b", "written anew"),
  ]);
  lab.things.set("at fit-b", "written anew");
  operations.hold(bob, "src", second.id, { items: ["fit-a"], reason: "not yet" });

  const apply = (plan: { id: string; fingerprint: string }, actor = ann) =>
    operations.apply(actor, "src", plan.id, { fingerprint: plan.fingerprint }, `key ${plan.id}`);
  await expect(apply(second)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("days old") });
  const again = await operations.planAgain(bob, "src", second.id);
  expect(again).toMatchObject({
    by: "bob",
    totals: { entries: 2 },
    again: { plan: second.id, by: "ann", counts: { came: 1, went: 1, changed: 1, held: 1 } },
  });
  expect(
    operations.planChanges(bob, "src", again.id, { limit: 9 }).items.map(({ change, entryId }) => [change, entryId]),
  ).toEqual([
    ["changed", "fit-b"],
    ["came", "fit-d"],
    ["held", "fit-a"],
    ["went", "fit-c"],
  ]);

  const operation = await apply(again, bob);
  await lab.settled(operation);
  expect(lab.outcomes(operation)).toEqual({ "fit-b": "deleted", "fit-d": "deleted" });
  expect(lab.things.has("at fit-a")).toBe(true);
  expect(operations.findPlan(ann, "src", second.id).proposal).toMatchObject({
    state: "applied",
    endedBy: "bob",
    operationId: operation,
  });
  await expect(operations.planAgain(ann, "src", second.id)).rejects.toMatchObject({
    message: "This proposal was applied by bob.",
  });
  expect(operations.proposals(ann, { limit: 9, open: true }).items.map((plan) => plan.id)).toEqual([id]);
  await lab.dispose();
});

it("is not applied over a row that was held back since it was planned again, nor twice", async () => {
  const { lab, operations, id } = await openProposal();
  const [mine, theirs] = [await operations.planAgain(ann, "src", id), await operations.planAgain(bob, "src", id)];
  operations.hold(carl, "src", id, { items: ["fit-a"], reason: "wait" });
  await expect(lab.apply(mine)).rejects.toMatchObject({ code: "conflict", message: /held back since/ });
  operations.release(carl, "src", id, ["fit-a"]);
  await lab.settled(await lab.apply(mine));
  await expect(lab.apply(theirs, bob)).rejects.toMatchObject({ message: "This proposal was applied by ann." });
  expect(lab.store.calls).toHaveLength(1);
  await lab.dispose();
});

it("takes no file of an entry that is held back", async () => {
  const lab = await openLab();
  const free = { intent: "free-space" as const, selector: { entries: ["fit-a", "fit-b"] } };
  const plan = await lab.operations().plan(ann, "src", free);
  lab.operations().publish(ann, "src", plan.id, { days: 1 });
  lab.operations().hold(bob, "src", plan.id, { items: ["fit-a"], reason: "in use" });
  const again = await lab.operations().planAgain(ann, "src", plan.id);
  expect(again.totals).toMatchObject({ entries: 1, payloads: 0 });
  expect(again.kept).toEqual([{ artifactId: "model", reason: "another entry names it too" }]);
  lab.operations().hold(bob, "src", plan.id, { items: ["fit-b"], reason: "too" });
  await expect(lab.operations().planAgain(ann, "src", plan.id)).rejects.toMatchObject({ message: /held back/ });
  await lab.dispose();
});

it("ends by being withdrawn or when its life is over, and not by anyone", async () => {
  const { lab, operations, id } = await openProposal(1);
  const other = await operations.plan(ann, "src", fits);
  operations.publish(ann, "src", other.id, { days: 9 });
  expect(() => operations.publish(ann, "src", other.id, { days: 9 })).toThrow(/published already/);
  expect(() => operations.withdraw(carl, "src", other.id)).toThrow(/ann published this/);
  expect(operations.withdraw(ann, "src", other.id).proposal).toMatchObject({ state: "withdrawn", endedBy: "ann" });
  lab.clock.now += dayMillis;
  expect(operations.findPlan(bob, "src", id).proposal?.state).toBe("over");
  expect(() => operations.hold(bob, "src", id, { items: ["fit-a"], reason: "late" })).toThrow(/ran out at/);
  await expect(operations.planAgain(ann, "src", id)).rejects.toMatchObject({ code: "conflict" });
  const viewer = { ...bob, role: "viewer" as const };
  expect(operations.proposals(viewer, { limit: 1 }).items).toHaveLength(1);
  expect(() => operations.hold(viewer, "src", id, { items: ["fit-a"], reason: "no" })).toThrow(/role operator/);
  await lab.dispose();
});

it("is kept over a restart and beyond plans that nobody published", async () => {
  const { lab, id } = await openProposal(5);
  lab.operations().hold(bob, "src", id, { items: ["fit-b"], reason: "kept" });
  lab.clock.now += 3 * dayMillis;
  lab.restart();
  await lab.operations().plan(ann, "src", fits);
  expect(lab.operations().findPlan(bob, "src", id).proposal).toMatchObject({ state: "open", heldItems: 1 });
  lab.clock.now += 4 * dayMillis;
  await lab.operations().plan(ann, "src", fits);
  expect(() => lab.operations().findPlan(bob, "src", id)).toThrow(/no such plan/);
  expect(lab.operations().proposals(bob, { limit: 9 }).items).toEqual([]);
  await lab.dispose();
});
