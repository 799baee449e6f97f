import { join } from "node:path";
import { expect, test } from "playwright/test";
import { readRedisEntries, readSqliteEntries } from "./support/changed-store.ts";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool } from "./support/expops.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

interface Run {
  id: string;
  source: string;
  status: string;
  steps: { process: string; step: string | null; origin: string; entryId: string | null }[];
}
interface Operation {
  status: string;
  items: { outcome: string; message: string }[];
}

const engines = [
  { name: "SQLite", startStore: async () => null },
  { name: "Redis", startStore: () => startRedis(["--notify-keyspace-events", "KEA"]) },
];

/** The tool itself is the judge: what was taken out is made anew, what was put back is served. */
for (const { name, startStore } of engines) {
  test.describe(`ExpOps on ${name}`, () => {
    test.describe.configure({ mode: "serial", timeout: 240_000 });
    let python: string;
    let redis: TestRedis | null;
    let workspace: LiveWorkspace;
    let server: TrialdeckServer;
    let runs = 0;

    test.beforeAll(async () => {
      test.setTimeout(600_000);
      python = await installExpops();
      redis = await startStore();
      workspace = await openLiveWorkspace(
        redis ? `type: redis\n      host: 127.0.0.1\n      port: ${redis.port}` : undefined,
      );
      server = await startTrialdeck([workspace.path]);
    });
    test.afterAll(async () => {
      await server?.stop();
      await redis?.stop();
      await workspace?.remove();
    });

    const stored = async () =>
      redis
        ? readRedisEntries(redis.client)
        : readSqliteEntries(join(workspace.project, ".tide-lab", "metrics.sqlite"));

    /** The tool runs to its end; answers what became of its processes as the product tells it. */
    const run = async () => {
      const tool = runTool(python, workspace);
      expect(await tool.ended, tool.output()).toBe(0);
      runs += 1;
      await expect
        .poll(
          async () =>
            (await server.ask<{ items: Run[] }>("/runs")).items.filter(({ status }) => status === "completed").length,
          {
            timeout: 60_000,
          },
        )
        .toBe(runs);
      // A plan made of what was known before the run's end would meet entries that the run has written since.
      const ended = Date.now();
      const readAt = async () =>
        Date.parse((await server.ask<{ items: { asOf: string }[] }>("/sources")).items[0]!.asOf);
      await expect.poll(readAt, { timeout: 60_000 }).toBeGreaterThan(ended);
      await expect.poll(async () => (await newest()).steps.length, { timeout: 60_000 }).toBeGreaterThan(0);
      return newest();
    };
    const newest = async () => {
      const { items } = await server.ask<{ items: Run[] }>("/runs?sort=-started&limit=1");
      const { source, id } = items[0]!;
      return server.ask<Run>(`/sources/${source}/runs/${id}`);
    };
    const executed = ({ steps }: Run) =>
      steps
        .filter(({ origin }) => origin === "executed")
        .map(({ process, step }) => step ?? process)
        .sort();
    const post = async <Answer>(path: string, body: object): Promise<Answer> => {
      const answer = await fetch(`${server.origin}/api/v1${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${server.token}`,
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
        },
        body: JSON.stringify(body),
      });
      expect(answer.ok, await answer.clone().text()).toBe(true);
      return (await answer.json()) as Answer;
    };
    /** Waits for the end of an operation in which each item came out alike. */
    const finish = async ({ operationId }: { operationId: string }, outcome: string) => {
      const ask = () => server.ask<Operation>(`/operations/${operationId}`);
      await expect.poll(async () => (await ask()).status).not.toBe("running");
      const { items } = await ask();
      expect(items.map((item) => `${item.outcome} ${item.message}`.trim())).toEqual(items.map(() => outcome));
      return operationId;
    };
    const invalidate = async (intent: string, process: string) => {
      const last = await newest();
      const entry = last.steps.find((use) => use.process === process && use.step === null)!.entryId!;
      const plans = `/sources/${last.source}/cache/plans`;
      const plan = await post<{ id: string; fingerprint: string }>(plans, { intent, selector: { entries: [entry] } });
      return finish(await post(`${plans}/${plan.id}/apply`, { fingerprint: plan.fingerprint }), "deleted");
    };
    const restore = async (operation: string) => finish(await post(`/operations/${operation}/restore`, {}), "restored");

    test("it reuses everything before anything is taken out", async () => {
      expect(executed(await run())).toContain("fit_wave");
      expect(executed(await run())).toEqual([]);
    });

    test("it makes a process and its step anew that were to run once more, and nothing else", async () => {
      await invalidate("run-again", "fit_wave");
      expect(executed(await run())).toEqual(["descend", "fit_wave"]);
      expect(executed(await run())).toEqual([]);
    });

    test("it makes all anew that was made of a wrong result", async () => {
      await invalidate("wrong-result", "fit_wave");
      expect(executed(await run())).toEqual(["descend", "fit_wave", "score"]);
    });

    test("it reuses what was taken out and put back, which is the same to the byte", async () => {
      const before = await stored();
      const operation = await invalidate("wrong-result", "read_tides");
      expect((await stored()).size).toBeLessThan(before.size);
      await restore(operation);
      expect(await stored()).toEqual(before);
      expect(executed(await run())).toEqual([]);
    });

    test("it makes a process anew whose entry and file went to free space, and reuses both once they are back", async () => {
      const operation = await invalidate("free-space", "mean_level");
      await restore(operation);
      expect(executed(await run())).toEqual([]);
      await invalidate("free-space", "mean_level");
      expect(executed(await run())).toEqual(["mean_level"]);
    });
  });
}
