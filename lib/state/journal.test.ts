import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import type { Viewer } from "../domain/viewer.ts";
import type { NewItem } from "./journal.ts";
import { openState } from "./state.ts";
import type { TrashedThing } from "./trash.ts";

const ann: Viewer = { name: "ann", role: "admin", grants: null };
const folder = () => mkdtempSync(join(tmpdir(), "journal-"));
const note = { at: 5, by: "ann", action: "invalidate", source: "src", subject: "op", result: "begun" };
const item = (subject: string): NewItem => ({
  subject,
  of: "entry",
  key: `key:${subject}`,
  process: "fit",
  step: null,
  locator: `at ${subject}`,
  token: `token-${subject}`,
  bytes: 3,
  holders: [],
  ofItem: null,
});
const none = { operation: "op", ords: [], becomes: null };
const operation = (id: string, idempotencyKey = id) => ({
  id,
  kind: "invalidate" as const,
  source: "src",
  intent: "run-again" as const,
  by: "ann",
  at: 5,
  identity: "store 1",
  plan: "plan",
  ofOperation: null,
  idempotencyKey,
});
const receipt = (ord: number): TrashedThing & { ord: number } => ({
  ord,
  id: `op-${ord}`,
  store: "index",
  locator: `at ${ord}`,
  token: "t",
  bytes: 2,
  expiresAt: 9,
  kept: { content: new Uint8Array([0, 255]) },
});

it("knows after a restart what was begun, what is settled and what waits in the trash", () => {
  const place = folder();
  const first = openState(place, { lasting: true });
  first.journal.begin(operation("op"), [item("a"), item("b"), item("c")], note);
  first.journal.keepReceipts("op", "src", 6, [receipt(0), receipt(1)]);
  first.journal.settle("op", [{ ord: 0, outcome: "deleted", message: "" }], none, [note]);
  first.close();

  const { journal, trash, close } = openState(place, { lasting: true });
  expect(journal.running().map(({ id }) => id)).toEqual(["op"]);
  expect(journal.unsettled("op", 10).map(({ subject }) => subject)).toEqual(["b", "c"]);
  expect(journal.outcomes("op")).toEqual({ deleted: 1, none: 2 });
  expect(trash.find("op", [0, 1]).get(1)).toEqual({ ...receipt(1), ord: undefined });
  expect(trash.totals("op")).toEqual({ items: 2, bytes: 4 });
  expect(trash.contentBytes()).toBe(4);

  journal.settle("op", [{ ord: 1, outcome: "conflict", message: "" }], { ...none, ords: [1] }, [note]);
  expect(trash.ords("op")).toEqual([0]);
  journal.finish("op", "partial", { ...note, at: 8 });
  expect(journal.running()).toEqual([]);
  expect(journal.find("op")).toMatchObject({ status: "partial", finishedAt: 8 });
  close();
});

it("begins once for one key, whoever sends it again", () => {
  const { journal } = openState(folder(), { lasting: false });
  journal.begin(operation("op", "key"), [item("a")], note);
  expect(journal.byKey("ann", "key")?.id).toBe("op");
  expect(journal.byKey("bob", "key")).toBeNull();
  expect(() => journal.begin(operation("op2", "key"), [item("a")], note)).toThrow(/UNIQUE/);
  expect(journal.find("op2")).toBeNull();
});

it("tells who took away what stood somewhere", () => {
  const { journal } = openState(folder(), { lasting: false });
  journal.begin(operation("op"), [item("a"), item("b")], note);
  journal.settle("op", [{ ord: 0, outcome: "deleted", message: "" }], none, []);
  expect(journal.lastTaker("src", ["at a"])?.by).toBe("ann");
  expect(journal.lastTakerOf("src", ["a"])?.id).toBe("op");
  expect(journal.lastTaker("src", ["at b"])).toBeNull();
  expect(journal.lastTaker("other", ["at a"])).toBeNull();
  journal.settle("op", [], { ...none, ords: [0], becomes: "restored" }, []);
  expect(journal.lastTaker("src", ["at a"])).toBeNull();
});

it("knows which things of an operation are gone by now", () => {
  const { journal } = openState(folder(), { lasting: false });
  journal.begin(operation("op"), [item("a"), item("b")], note);
  journal.settle("op", [{ ord: 0, outcome: "deleted", message: "" }], none, []);
  expect(journal.taken("op", ["a", "b"])).toEqual(new Set(["a"]));
});

it("pages operations and keeps plans with their items in order", async () => {
  const { journal, plans } = openState(folder(), { lasting: false });
  for (const id of ["a", "b", "c"]) journal.begin(operation(id), [], note);
  const newest = journal.list(ann, false, null, 2);
  expect(newest.map(({ id }) => id)).toEqual(["c", "b"]);
  expect(journal.list(ann, false, newest.at(-1)!, 2).map(({ id }) => id)).toEqual(["a"]);
  journal.keepReceipts("b", "src", 6, [receipt(0)]);
  expect(journal.list(ann, true, null, 9).map(({ id }) => id)).toEqual(["b"]);
  expect([journal.count(ann, false), journal.count(ann, true)]).toEqual([3, 1]);

  const items = Array.from({ length: 2500 }, (_, index) => ({
    entryId: String(index),
    of: "entry" as const,
    key: "k",
    process: null,
    step: null,
    bytes: null,
    createdAt: null,
    locators: ["l"],
    reason: "chosen" as const,
    token: "t",
    holders: [],
  }));
  const plan = {
    id: "p",
    source: "src",
    createdAt: new Date(0).toISOString(),
    expiresAt: new Date(60_000).toISOString(),
  };
  await plans.save({
    plan: plan as Parameters<typeof plans.save>[0]["plan"],
    items,
    request: { intent: "custom", selector: { q: "" } },
    experiments: [],
    changes: [],
  });
  expect(plans.requestOf("p")).toEqual({ intent: "custom", selector: { q: "" } });
  expect(plans.items("p", 995, 10).map(({ entryId }) => Number(entryId))).toEqual([
    995, 996, 997, 998, 999, 1000, 1001, 1002, 1003, 1004,
  ]);
  expect(plans.items("p", 2499, 10)).toHaveLength(1);
  expect(plans.find("other", "p")).toBeNull();
});

it("finds an audit record that was altered or taken out", () => {
  const place = folder();
  const state = openState(place, { lasting: true });
  for (const id of ["a", "b", "c"]) state.journal.begin(operation(id), [], { ...note, subject: id });
  expect(state.audit.verify()).toBeNull();
  expect(state.audit.list(ann, null, 2).map(({ subject }) => subject)).toEqual(["c", "b"]);
  expect(state.audit.list(ann, 2, 2).map(({ subject }) => subject)).toEqual(["a"]);

  const intruder = new DatabaseSync(join(place, "state.sqlite"));
  intruder.exec("UPDATE audit SET by = 'eve' WHERE seq = 2");
  expect(state.audit.verify()).toEqual({ seq: 2, problem: "was altered" });
  intruder.exec("UPDATE audit SET by = 'ann' WHERE seq = 2");
  expect(state.audit.verify()).toBeNull();
  intruder.exec("DELETE FROM audit WHERE seq = 2");
  expect(state.audit.verify()).toEqual({ seq: 2, problem: "is missing" });
  intruder.close();
  state.close();
});
