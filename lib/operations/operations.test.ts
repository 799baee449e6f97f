import { describe, expect, it } from "vitest";
import { AppError } from "../domain/errors.ts";
import type { KillPoint } from "./testing/fake-store.ts";
import { ann, bob, openLab } from "./testing/open-lab.ts";

const runAgain = { intent: "run-again" as const, selector: { entries: ["fit-a"] } };
const freeFit = { intent: "free-space" as const, selector: { entries: ["fit-a", "fit-b"] } };

it("takes things out, shows them in the trash and puts them back as they were", async () => {
  const lab = await openLab();
  const before = new Map(lab.things);
  const id = await lab.invalidate(freeFit);
  expect(await lab.settled(id)).toMatchObject({
    status: "done",
    totals: { items: 4, settled: 4, outcomes: { deleted: 4 }, trashItems: 4 },
  });
  expect([...before.keys()].filter((locator) => !lab.things.has(locator)).sort()).toEqual([
    "at fit-a",
    "at fit-b",
    "file fit-a.pkl",
    "file model",
  ]);
  // Entries go before the files that they name, and come back after them.
  expect(lab.store.calls).toEqual(["set aside at fit-a,at fit-b", "set aside file fit-a.pkl,file model"]);

  const back = await lab.operations().restore(ann, id, {}, "back");
  expect(await lab.settled(back)).toMatchObject({ status: "done", totals: { outcomes: { restored: 4 } } });
  expect(lab.store.calls.slice(2)).toEqual(["put back file model,file fit-a.pkl", "put back at fit-b,at fit-a"]);
  expect(lab.things).toEqual(new Map([...before]));
  expect(lab.operations().find(ann, id)).toMatchObject({
    totals: { outcomes: { restored: 4 }, trashItems: 0 },
    restorableUntil: null,
  });
  await expect(lab.operations().restore(ann, id, {}, "again")).rejects.toMatchObject({ code: "gone" });

  const records = lab.operations().audit(ann, { limit: 50 });
  expect(records.items.map(({ action }) => action).filter((action) => action === "invalidate item")).toHaveLength(4);
  expect(records.items.at(-1)).toMatchObject({ action: "invalidate", by: "ann", result: "confirmed, 4 items" });
  expect(lab.state().audit.verify()).toBeNull();
  await lab.dispose();
});

it("does a plan once, however often it is confirmed", async () => {
  const lab = await openLab();
  const plan = await lab.operations().plan(ann, "src", runAgain);
  const ask = { fingerprint: plan.fingerprint };
  const all = Array.from({ length: 50 }, (_, index) =>
    lab.operations().apply(ann, "src", plan.id, ask, index < 25 ? "one key" : `key ${index}`),
  );
  expect(new Set(await Promise.all(all)).size).toBe(1);
  await lab.settled(await all[0]!);
  expect(lab.store.calls).toHaveLength(1);
  const other = await lab.operations().plan(ann, "src", { intent: "custom", selector: { entries: ["read"] } });
  await expect(
    lab.operations().apply(ann, "src", other.id, { fingerprint: other.fingerprint }, "one key"),
  ).rejects.toMatchObject({ code: "conflict" });
  await lab.dispose();
});

it("leaves what has changed since, and a file whose entry was left", async () => {
  const lab = await openLab();
  const plan = await lab.operations().plan(ann, "src", freeFit);
  lab.things.set("at fit-a", "written anew by a run");
  const id = await lab.apply(plan);
  expect((await lab.settled(id)).status).toBe("partial");
  expect(lab.outcomes(id)).toEqual({
    "fit-a": "conflict",
    "fit-b": "deleted",
    "fit-a.pkl": "conflict",
    model: "conflict",
  });
  expect(lab.things.get("at fit-a")).toBe("written anew by a run");
  expect(lab.things.has("file model")).toBe(true);
  expect(lab.operations().find(ann, id).totals.trashItems).toBe(1);
  await lab.dispose();
});

it("tells the second who took it, at applying and at planning", async () => {
  const lab = await openLab();
  const custom = { intent: "custom" as const, selector: { entries: ["fit-a"] } };
  const plans = [await lab.operations().plan(ann, "src", custom), await lab.operations().plan(bob, "src", custom)];
  await lab.settled(await lab.apply(plans[0]!, ann));
  const second = await lab.apply(plans[1]!, bob);
  await lab.settled(second);
  expect(lab.operations().items(bob, second, { limit: 9 }).items[0]).toMatchObject({
    outcome: "gone",
    message: "Already gone: taken out by ann at 1970-01-01T00:16:40.000Z.",
  });
  expect(await lab.cached()).not.toContain("fit-a");
  await expect(lab.operations().plan(bob, "src", custom)).rejects.toMatchObject({
    code: "gone",
    message: expect.stringContaining("by ann"),
  });
  await lab.dispose();
});

it("puts nothing over what came meanwhile, and keeps what it has", async () => {
  const lab = await openLab();
  const id = await lab.invalidate(runAgain);
  await lab.settled(id);
  lab.things.set("at fit-a", "made anew");
  const back = await lab.operations().restore(ann, id, {}, "back");
  await lab.settled(back);
  expect(lab.outcomes(back)).toEqual({ "fit-a": "recreated", "fit-a-step": "restored" });
  expect(lab.things.get("at fit-a")).toBe("made anew");
  expect(lab.operations().find(ann, id).totals).toMatchObject({ trashItems: 1, outcomes: { deleted: 1, restored: 1 } });
  await lab.dispose();
});

it("refuses another's plan, one that has run out, another fingerprint and another store", async () => {
  const lab = await openLab({ rules: { confirmAbove: 1 } });
  const plan = await lab.operations().plan(ann, "src", runAgain);
  const apply = (said: object, actor = ann) =>
    lab
      .operations()
      .apply(actor, "src", plan.id, { fingerprint: plan.fingerprint, confirm: "wine-lab", ...said }, "key");
  await expect(apply({}, bob)).rejects.toMatchObject({ code: "forbidden" });
  await expect(apply({ fingerprint: "other" })).rejects.toMatchObject({ code: "conflict" });
  await expect(apply({ confirm: "wine" })).rejects.toMatchObject({
    code: "bad_request",
    details: { confirm: "wine-lab" },
  });
  lab.store.identity = "store 2";
  await expect(apply({})).rejects.toMatchObject({ code: "conflict", details: { found: "index store 2" } });
  lab.store.identity = "store 1";
  lab.clock.now += 11 * 60_000;
  await expect(apply({})).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("run out") });
  expect(lab.store.calls).toEqual([]);
  expect(lab.operations().list(ann, { limit: 9 }).items).toEqual([]);
  await lab.dispose();
});

describe("a full trash", () => {
  it("refuses what would not fit and purges nothing for it", async () => {
    const lab = await openLab({ rules: { quotaBytes: 12 } });
    const first = await lab.invalidate({ intent: "custom", selector: { entries: ["fit-a"] } });
    await lab.settled(first);
    const second = await lab.invalidate({ intent: "custom", selector: { entries: ["fit-b"] } });
    expect((await lab.settled(second)).status).toBe("failed");
    expect(lab.things.has("at fit-b")).toBe(true);
    expect(lab.operations().find(ann, first).totals.trashItems).toBe(1);
    await lab.dispose();
  });
});

it("purges only what is old enough, typed, by an admin, and by itself after the retention", async () => {
  const lab = await openLab();
  const id = await lab.invalidate(runAgain);
  await lab.settled(id);
  const purge = (said: object, actor = ann) =>
    lab.operations().purge(actor, id, { confirm: "wine-lab", ...said }, "purge");
  expect(() => purge({})).toThrow(/can be purged from/);
  lab.clock.now += 25 * 3600_000;
  expect(() => purge({}, { ...ann, role: "operator" })).toThrow(/role admin/);
  expect(() => purge({ confirm: "" })).toThrow(/Type the name/);
  await lab.settled(purge({ items: ["fit-a"] }));
  expect(lab.operations().find(ann, id).totals).toMatchObject({ trashItems: 1, outcomes: { purged: 1, deleted: 1 } });

  lab.clock.now += 7 * 24 * 3600_000;
  lab.restart();
  const newest = lab.operations().list(ann, { limit: 1 }).items[0]!;
  expect(newest).toMatchObject({ kind: "purge", by: "retention", ofOperation: id });
  await lab.settled(newest.id);
  expect(lab.operations().find(ann, id).totals.trashItems).toBe(0);
  await lab.dispose();
});

it("waits for a store that does not answer, says so, and can be cancelled", async () => {
  const lab = await openLab();
  lab.store.failures = Array.from({ length: 99 }, () => new AppError("source_unavailable", "Redis does not answer."));
  const id = await lab.invalidate(runAgain);
  await expect.poll(() => lab.operations().find(ann, id).problem).toBe("Redis does not answer.");
  lab.operations().cancel(bob, id);
  expect((await lab.settled(id)).status).toBe("failed");
  expect(lab.operations().items(ann, id, { limit: 1 }).items[0]?.message).toBe("Not done: cancelled by bob.");
  lab.store.failures = [new AppError("source_timeout", "Slow.")];
  expect((await lab.settled(await lab.invalidate(runAgain))).status).toBe("done");
  await lab.dispose();
});

it("goes on at once when its source can be asked again", async () => {
  const lab = await openLab();
  // Waiting longer each time would take twenty seconds.
  lab.store.failures = Array.from({ length: 8 }, () => new AppError("source_unavailable", "Redis does not answer."));
  const id = await lab.invalidate(runAgain);
  const wakeAndFind = () => {
    lab.operations().wake("src");
    return lab.operations().find(ann, id).status;
  };
  await expect.poll(wakeAndFind, { interval: 20, timeout: 10_000 }).toBe("done");
  await lab.dispose();
});

describe("a server that is killed", () => {
  const points: KillPoint[] = ["before keeping", "after keeping", "after taking"];
  for (const point of points) {
    it(`goes on where it was when it died ${point}`, async () => {
      const lab = await openLab();
      const before = new Map(lab.things);
      lab.store.killAt = point;
      const id = await lab.invalidate(runAgain);
      await expect.poll(() => lab.store.killAt).toBeNull();
      lab.restart();
      expect((await lab.settled(id)).status).toBe("done");
      expect(lab.outcomes(id)).toEqual({ "fit-a": "deleted", "fit-a-step": "deleted" });
      expect(lab.things.has("at fit-a")).toBe(false);
      expect(lab.operations().find(ann, id).totals.trashItems).toBe(2);

      lab.store.killAt = point;
      const back = await lab.operations().restore(ann, id, {}, "back");
      if (point !== "after keeping") {
        await expect.poll(() => lab.store.killAt).toBeNull();
        lab.restart();
      }
      expect((await lab.settled(back)).status).toBe("done");
      expect(lab.things).toEqual(before);
      expect(lab.state().audit.verify()).toBeNull();
      const done = lab
        .operations()
        .audit(ann, { limit: 99 })
        .items.filter(({ action }) => action === "invalidate item");
      expect(done.map(({ result }) => result)).toEqual(["deleted", "deleted"]);
      await lab.dispose();
    });
  }

  it("keeps what it planned when something else came to stand there", async () => {
    const lab = await openLab();
    lab.store.killAt = "after taking";
    const id = await lab.invalidate({ intent: "custom", selector: { entries: ["fit-a"] } });
    await expect.poll(() => lab.store.killAt).toBeNull();
    lab.things.set("at fit-a", "made anew by a run");
    lab.restart();
    await lab.settled(id);
    expect(lab.operations().items(ann, id, { limit: 1 }).items[0]).toMatchObject({
      outcome: "conflict",
      inTrash: true,
    });
    expect(lab.things.get("at fit-a")).toBe("made anew by a run");
    await lab.dispose();
  });
});
