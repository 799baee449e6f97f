import { expect, it } from "vitest";
import { factOf, sampleEntry, sampleRun, sampleUse } from "../catalog/testing/sample-facts.ts";
import type { Actor } from "./context.ts";
import { tokenOf } from "./testing/fake-store.ts";
import { ann, openLab } from "./testing/open-lab.ts";

const scoped = (name: string, experiment: string, role: Actor["role"] = "operator"): Actor => ({
  name,
  role: "viewer",
  grants: new Map([["src", { role, experiments: [experiment] }]]),
});
const otherFacts = [
  factOf.run(
    sampleRun("run-o", { experimentId: "other", startedAt: 3, steps: [sampleUse("fit", { entry: { id: "fit-o" } })] }),
  ),
  factOf.entry(sampleEntry("fit-o", { experimentId: "other", process: "fit", token: tokenOf("row fit-o") })),
];
const openTwo = async () => {
  const lab = await openLab({ facts: otherFacts });
  lab.things.set("at fit-o", "row fit-o");
  return lab;
};
const gone = expect.objectContaining({ code: "not_found" });
const request = (entry: string) => ({ intent: "custom" as const, selector: { entries: [entry] } });
const all = { limit: 99 };

it("shows who is bound to an experiment the plans, operations and audit records of it, and of no other", async () => {
  const lab = await openTwo();
  const own = scoped("olga", "other");
  const [mine, theirs] = ["fit-o", "read"].map((entry) => lab.operations().plan(ann, "src", request(entry)));
  const [seen, hidden] = [await mine!, await theirs!];
  lab.operations().publish(ann, "src", seen.id, { days: 1 });
  lab.operations().publish(ann, "src", hidden.id, { days: 1 });
  const done = await lab.invalidate(request("read"));
  await lab.settled(done);

  expect(lab.operations().findPlan(own, "src", seen.id).id).toBe(seen.id);
  expect(() => lab.operations().findPlan(own, "src", hidden.id)).toThrow(gone);
  expect(() => lab.operations().planItems(own, "src", hidden.id, all)).toThrow(gone);
  expect(() => lab.operations().publish(own, "src", hidden.id, { days: 1 })).toThrow(gone);
  const proposals = lab.operations().proposals(own, all);
  expect(proposals.items.map(({ id }) => id)).toEqual([seen.id]);
  expect(proposals.total?.value).toBe(1);
  expect(lab.operations().list(own, all)).toMatchObject({ items: [], total: { value: 0 } });
  expect(() => lab.operations().find(own, done)).toThrow(gone);
  expect(() => lab.operations().items(own, done, all)).toThrow(gone);
  await expect(lab.operations().restore(own, done, {}, "key")).rejects.toEqual(gone);
  expect(lab.operations().audit(own, all)).toMatchObject({
    items: [{ action: "publish plan", subject: seen.id }],
    total: { value: 1 },
  });
  await lab.dispose();
});

it("plans of an experiment only what is of it, whatever is asked for", async () => {
  const lab = await openTwo();
  const own = scoped("olga", "other");
  await expect(lab.operations().plan(own, "src", request("read"))).rejects.toEqual(gone);
  const everything = await lab.operations().plan(own, "src", { intent: "custom", selector: { q: "" } });
  expect(
    lab
      .operations()
      .planItems(own, "src", everything.id, all)
      .items.map(({ entryId }) => entryId),
  ).toEqual(["fit-o"]);
  expect(everything.affectedRuns).toEqual(["run-o"]);
  await lab.dispose();
});

it("asks for the role that the source gives, not for the one elsewhere", async () => {
  const lab = await openTwo();
  const reader = scoped("rita", "other", "viewer");
  await expect(lab.operations().plan(reader, "src", request("fit-o"))).rejects.toMatchObject({ code: "forbidden" });
  const stranger: Actor = {
    name: "sam",
    role: "admin",
    grants: new Map([["elsewhere", { role: "admin", experiments: null }]]),
  };
  await expect(lab.operations().plan(stranger, "src", request("fit-o"))).rejects.toEqual(gone);
  expect(lab.operations().list(stranger, all).items).toEqual([]);
  await lab.dispose();
});
