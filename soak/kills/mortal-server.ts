import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "../../e2e/support/trialdeck-server.ts";
import type { KillOrder } from "./kill-points.ts";
import type { KilledStore } from "./stores.ts";

export interface Operation {
  id: string;
  kind: string;
  status: "running" | "done" | "partial" | "failed";
  totals: { items: number; outcomes: Record<string, number>; trashItems: number };
}

const preload = fileURLToPath(new URL("./preload.ts", import.meta.url));
const lookMillis = 20;
const patienceMillis = 60_000;

/** The real server on a store, with a state that outlives it; it can be killed at a named moment and started again. */
export async function openMortalServer(store: KilledStore) {
  const stateDir = await mkdtemp(join(tmpdir(), "trialdeck-soak-state-"));
  const orderFile = join(stateDir, "kill-order.json");
  const env = {
    ...process.env,
    ...store.env,
    NODE_OPTIONS: `--import=${preload}`,
    SOAK_KILL_ORDER: orderFile,
    TRIALDECK_PURGE_AFTER_HOURS: "0",
  };
  let startedAt = 0;
  let listensAfter = 0;
  const start = () => {
    startedAt = performance.now();
    return startTrialdeck(store.targets, { stateDir, args: store.args, env });
  };
  let server: TrialdeckServer = await start();
  const hasDied = () => server.process.signalCode === "SIGKILL";

  /** Waits until what is asked for holds, or this server was killed. */
  async function until<Answer>(what: string, ask: () => Promise<Answer | null>): Promise<Answer | "killed"> {
    for (const end = Date.now() + patienceMillis; Date.now() < end; await delay(lookMillis)) {
      if (hasDied()) return "killed";
      const answer = await ask().catch((error: unknown) => {
        if (error instanceof TypeError) return null;
        throw error;
      });
      if (answer !== null) return answer;
    }
    throw new Error(`${what} took more than ${patienceMillis / 1000} s\n${server.output()}`);
  }

  return {
    stateDir,
    isOrderOpen: () => existsSync(orderFile),
    order: (order: KillOrder) => writeFile(orderFile, JSON.stringify(order)),
    withdrawOrder: () => rm(orderFile, { force: true }),
    until,
    ask: <Answer>(path: string) => server.ask<Answer>(path),
    operations: async () => (await server.ask<{ items: Operation[] }>("/operations?limit=1000")).items,
    /** Answers the API's answer, or null when the server was killed over it. Throws where it refuses. */
    async send<Answer>(path: string, body: object, key: string): Promise<Answer | null> {
      const headers = {
        authorization: `Bearer ${server.token}`,
        "content-type": "application/json",
        "idempotency-key": key,
      };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      try {
        const answer = await fetch(`${server.origin}/api/v1${path}`, init);
        if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
        return (await answer.json()) as Answer;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        await until(`POST ${path} broke off, and the end of the server`, async () => null);
        return null;
      }
    },
    /** Starts another one after this one was killed. Answers how many more were killed before one stood. */
    async startAgain(): Promise<number> {
      for (let killed = 0; ; killed += 1) {
        const started = await start().catch((error: Error) => {
          if (/ended with null/.test(error.message)) return null;
          throw error;
        });
        if (started) {
          server = started;
          listensAfter = (performance.now() - startedAt) / 1000;
          return killed;
        }
      }
    },
    /** Since this one was started, and how long it took to listen. */
    seconds: () => ({ since: (performance.now() - startedAt) / 1000, listensAfter }),
    untilRead: () => untilIndexed(server),
    /** Ends this one in order, lets something be done, and starts another one. */
    async pause(meanwhile: () => Promise<void>): Promise<void> {
      await server.stop();
      await meanwhile();
      server = await start();
    },
    /** `keep`: what it wrote down stays, to be looked at. */
    async stop({ keep }: { keep: boolean }): Promise<void> {
      if (server.process.exitCode === null && server.process.signalCode === null) {
        const ended = once(server.process, "exit");
        server.process.kill("SIGKILL");
        await ended;
      }
      if (!keep) await rm(stateDir, { recursive: true, force: true });
    },
  };
}
