import { expect, test } from "playwright/test";
import { buildMillis } from "../lib/contracts/testing/object-store.ts";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool } from "./support/expops.ts";
import { wasExecuted } from "./support/live-lab.ts";
import {
  bucketResults,
  fileResults,
  firestoreIndex,
  type LiveIndex,
  type LiveResults,
  redisIndex,
  sqliteIndex,
} from "./support/live-store.ts";
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
interface Asked {
  intent: string;
  process: string;
  /** How many entries and files go. */
  takes: number;
}

const stores: { name: string; openIndex(): Promise<LiveIndex>; openResults(): Promise<LiveResults> }[] = [
  { name: "SQLite and files", openIndex: sqliteIndex, openResults: fileResults },
  { name: "Redis and files", openIndex: () => redisIndex(true), openResults: fileResults },
  {
    name: "a Redis that tells of no changes and Cloud Storage",
    openIndex: () => redisIndex(false),
    openResults: bucketResults,
  },
  { name: "Firestore and files", openIndex: firestoreIndex, openResults: fileResults },
  { name: "Firestore and Cloud Storage", openIndex: firestoreIndex, openResults: bucketResults },
];

/** What is asked for between two runs, and what the second must then make anew: that and nothing else. */
const intents: { what: string; asked: Asked[]; remade: string[] }[] = [
  {
    what: "a process and its step that are to run once more",
    asked: [{ intent: "run-again", process: "fit_wave", takes: 2 }],
    remade: ["descend", "fit_wave"],
  },
  {
    what: "a wrong result and all that was made of it",
    asked: [{ intent: "wrong-result", process: "fit_wave", takes: 3 }],
    remade: ["descend", "fit_wave", "score"],
  },
  {
    what: "exactly what was chosen, what was broken and is repaired, and what went with its file to free space",
    asked: [
      { intent: "custom", process: "score", takes: 1 },
      { intent: "repair", process: "read_tides", takes: 1 },
      { intent: "free-space", process: "mean_level", takes: 2 },
    ],
    remade: ["mean_level", "read_tides", "score"],
  },
];

/** The tool itself is the judge: what was taken out is made anew, what was put back is served. */
for (const { name, openIndex, openResults } of stores) {
  test.describe(`ExpOps on ${name}`, () => {
    test.describe.configure({ mode: "serial", timeout: 120_000 });
    let python: string;
    let index: LiveIndex;
    let results: LiveResults;
    let workspace: LiveWorkspace;
    let server: TrialdeckServer;
    let runs = 0;

    test.beforeAll(async () => {
      test.setTimeout(600_000 + buildMillis);
      python = await installExpops();
      [index, results] = await Promise.all([openIndex(), openResults()]);
      workspace = await openLiveWorkspace(index.config + results.config);
      await workspace.editConfig("pause: 0.1", "pause: 0");
      const targets = [index.target, results.target, workspace.path].filter((target) => target !== "");
      server = await startTrialdeck([targets.join("+")], { env: { ...process.env, ...index.env, ...results.env } });
    });
    test.afterAll(async () => {
      await server?.stop();
      await Promise.all([index?.stop(), results?.stop(), workspace?.remove()]);
    });

    const stored = async () => new Map([...(await index.stored(workspace)), ...(await results.stored(workspace))]);

    /** The tool runs to its end; answers what it executed, as the product tells it. */
    const run = async () => {
      const tool = runTool(python, workspace, { env: { ...index.env, ...results.env } });
      expect(await tool.ended, tool.output()).toBe(0);
      runs += 1;
      const countEnded = async () => {
        const { items } = await server.ask<{ items: Run[] }>("/runs");
        return items.filter(({ status }) => status === "completed").length;
      };
      await expect.poll(countEnded, { timeout: 60_000 }).toBe(runs);
      // A store that this run began is opened a moment after its log was read.
      await expect.poll(async () => (await newest()).steps.length).toBeGreaterThan(0);
      const { steps } = await newest();
      return steps
        .filter(wasExecuted)
        .map(({ process, step }) => step ?? process)
        .sort();
    };
    const newest = async () => {
      const { items } = await server.ask<{ items: Run[] }>("/runs?sort=-started&limit=1");
      const { source, id } = items[0]!;
      return server.ask<Run>(`/sources/${source}/runs/${id}`);
    };
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
    const finish = async ({ operationId }: { operationId: string }, outcome: string, count: number) => {
      const ask = () => server.ask<Operation>(`/operations/${operationId}`);
      await expect.poll(async () => (await ask()).status).not.toBe("running");
      const { items } = await ask();
      expect(items.map((item) => `${item.outcome} ${item.message}`.trim())).toEqual(
        Array.from({ length: count }, () => outcome),
      );
      return operationId;
    };
    /** Somebody removes the file of a process's result; the product sees it. */
    const breakEntry = async (process: string, entry: string) => {
      const files = [...(await results.stored(workspace)).keys()];
      const own = files.filter((file) => file.includes(`process[@name='${process}']`) && file.endsWith(".pkl"));
      expect(own).toHaveLength(1);
      await results.remove(workspace, own[0]!);
      const path = `/sources/${(await newest()).source}/cache/entries/${entry}`;
      // Not every store tells of files that go: the product looks after an entry that somebody looks at.
      await expect.poll(async () => (await server.ask<{ state: string }>(path)).state).toBe("broken");
    };
    const invalidate = async ({ intent, process, takes }: Asked) => {
      const last = await newest();
      const entry = last.steps.find((use) => use.process === process && use.step === null)!.entryId!;
      if (intent === "repair") await breakEntry(process, entry);
      const plans = `/sources/${last.source}/cache/plans`;
      const plan = await post<{ id: string; fingerprint: string }>(plans, { intent, selector: { entries: [entry] } });
      return finish(await post(`${plans}/${plan.id}/apply`, { fingerprint: plan.fingerprint }), "deleted", takes);
    };

    test("it makes everything", async () => {
      expect(await run()).toEqual(["descend", "fit_wave", "mean_level", "read_tides", "score"]);
    });

    test("it reuses what was taken out and put back, entries and files the same to the byte", async () => {
      const before = await stored();
      const asked: Asked[] = [
        { intent: "wrong-result", process: "read_tides", takes: 5 },
        { intent: "free-space", process: "mean_level", takes: 2 },
      ];
      for (const one of asked) {
        const operation = await invalidate(one);
        expect((await stored()).size).toBe(before.size - one.takes);
        await finish(await post(`/operations/${operation}/restore`, {}), "restored", one.takes);
        expect(await stored()).toEqual(before);
      }
      expect(await run()).toEqual([]);
    });

    for (const { what, asked, remade } of intents) {
      test(`it makes anew ${what}, and nothing else`, async () => {
        test.setTimeout(300_000);
        const keys = async () => [...(await index.stored(workspace)).keys()].sort();
        const before = await keys();
        for (const one of asked) await invalidate(one);
        expect(await run()).toEqual(remade);
        expect(await keys()).toEqual(before);
      });
    }
  });
}
