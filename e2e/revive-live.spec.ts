import { DatabaseSync } from "node:sqlite";
import { expect, test } from "playwright/test";
import { executedIn, type LabOperation, LiveLab } from "./support/live-lab.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";

const engines = [
  { name: "SQLite", startStore: async () => null },
  { name: "Redis", startStore: () => startRedis(["--notify-keyspace-events", "KEA"]) },
];

const outcomesOf = ({ items }: LabOperation) => [...new Set(items.map(({ outcome }) => outcome))];
const everything = { q: "" };

/** What ran needs no more than this beside what was written: a life or a time of writing of its own. */
const textsOf = (stored: ReadonlyMap<string, string>) =>
  [...stored].map(([key, text]) => [key, text.slice(0, text.lastIndexOf(" "))]);

/** The tool itself is the judge: an entry that was revived is served as the one that had expired. */
for (const { name, startStore } of engines) {
  test.describe(`reviving for ExpOps on ${name}`, () => {
    test.describe.configure({ mode: "serial", timeout: 300_000 });
    let redis: TestRedis | null;
    let lab: LiveLab;

    test.beforeAll(async () => {
      test.setTimeout(600_000);
      redis = await startStore();
      lab = await LiveLab.open(redis);
    });
    test.afterAll(async () => {
      await lab?.close();
      await redis?.stop();
    });

    /** Every entry goes past the product: Redis lets them expire, in SQLite someone deletes them. Their files stay. */
    const loseEntries = async () => {
      const keys = [...(await lab.stored()).keys()];
      if (redis) {
        for (const key of keys) await redis.client.pexpire(key, 1);
        await expect.poll(async () => (await lab.stored()).size).toBe(0);
      } else {
        const file = new DatabaseSync(lab.database, { timeout: 5_000 });
        for (const key of keys) file.prepare("DELETE FROM kv WHERE key = ?").run(key);
        file.close();
      }
      await lab.restart();
      return keys;
    };
    const revive = async (selector: object) => {
      const operation = await lab.apply(await lab.plan({ intent: "revive", selector }));
      expect(outcomesOf(operation), JSON.stringify(operation.items)).toEqual(["revived"]);
      return operation;
    };

    test("the next run reuses all that had expired, since what came back is the same to the byte", async () => {
      expect(executedIn(await lab.run())).toContain("fit_wave");
      const before = await lab.stored();
      const keys = await loseEntries();

      const plan = await lab.plan({ intent: "revive", selector: everything });
      expect((await lab.stored()).size).toBe(0);
      expect(plan.totals.entries).toBe(keys.length);
      expect(plan.totals.recomputeSeconds).toBeGreaterThan(0.3);
      expect(plan.kept).toEqual([]);
      expect(plan.lifeSeconds).toBe(redis ? 24 * 3600 : null);
      const operation = await lab.apply(plan);
      expect(outcomesOf(operation), JSON.stringify(operation.items)).toEqual(["revived"]);
      expect(textsOf(await lab.stored())).toEqual(textsOf(before));
      expect(executedIn(await lab.run())).toEqual([]);
    });

    test("an undone revival leaves nothing, and the run makes all anew", async () => {
      await loseEntries();
      const operation = await revive(everything);
      expect(outcomesOf(await lab.undo(operation))).toEqual(["deleted"]);
      expect((await lab.stored()).size).toBe(0);
      expect(executedIn(await lab.run())).toContain("fit_wave");
      expect(executedIn(await lab.run())).toEqual([]);
    });

    test("a step that was revived alone is served within its process, which runs again", async () => {
      await loseEntries();
      await revive({ process: "fit_wave", step: "descend" });
      const made = executedIn(await lab.run());
      expect(made).toContain("fit_wave");
      expect(made).not.toContain("descend");
    });

    test("what a run made anew meanwhile is left, and nothing is lost any more", async () => {
      await loseEntries();
      const plan = await lab.plan({ intent: "revive", selector: { process: "mean_level" } });
      await lab.run();
      const before = await lab.stored();
      expect(outcomesOf(await lab.apply(plan))).toEqual(["recreated"]);
      expect(await lab.stored()).toEqual(before);
      const { source } = await lab.newest();
      expect((await lab.server.ask<{ items: unknown[] }>(`/sources/${source}/cache/lost`)).items).toEqual([]);
    });

    if (name !== "Redis") return;

    test("a pinned entry lives longer by an operation, is served, and gets its earlier end back", async () => {
      const last = await lab.newest();
      const entries = [last.steps.find((use) => use.process === "mean_level")!.entryId!];
      await lab.post(`/sources/${last.source}/cache/pins`, { entries, pinned: true });
      const before = await lab.stored();
      const month = 30 * 24 * 3600;
      const plan = await lab.plan({ intent: "keep-longer", selector: { q: "pinned = yes" }, lifeSeconds: month });
      expect(plan).toMatchObject({ lifeSeconds: month, totals: { entries: 1 } });
      const began = Date.now();
      const operation = await lab.apply(plan);
      expect(outcomesOf(operation)).toEqual(["extended"]);
      const [key] = [...before.keys()].filter((one) => one.includes("mean_level"));
      const end = await redis!.client.pexpiretime(key!);
      expect(Math.abs(end - began - month * 1000)).toBeLessThan(60_000);
      expect(executedIn(await lab.run())).toEqual([]);
      expect(outcomesOf(await lab.undo(operation))).toEqual(["extended"]);
      expect(await lab.stored()).toEqual(before);
    });
  });
}
