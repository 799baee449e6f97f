import { setTimeout as delay } from "node:timers/promises";
import { type MessagePort, Worker } from "node:worker_threads";
import { connectThread, type Remote } from "../contracts/thread-calls.ts";
import { AppError } from "../domain/errors.ts";
import type { SourceConfig } from "./source-config.ts";
import type { SourcesApi, SourcesHost } from "./thread-contract.ts";

const firstPauseMillis = 1_000;
const longestPauseMillis = 60_000;

export interface RunningSources {
  api: SourcesApi;
  close(): Promise<void>;
}

/**
 * Keeps the thread of drivers, layouts and the indexer running. When it dies, `onFailure` is told, calls under way fail, and another one is
 * started after a pause. `writerPort` gives a port to the catalog's writer for each.
 */
export function startSources(
  configs: readonly SourceConfig[],
  writerPort: () => MessagePort,
  host: SourcesHost,
  onFailure: (error: AppError) => void,
): RunningSources {
  const ending = new AbortController();
  let thread = startThread(configs, writerPort(), host);
  /** Set while there is no thread. */
  let failure: AppError | null = null;

  const keepRunning = async () => {
    for (let pause = firstPauseMillis; ; pause = Math.min(2 * pause, longestPauseMillis)) {
      const cause = await thread.ended;
      if (ending.signal.aborted) return;
      failure = new AppError("internal", "Reading the sources ended unexpectedly.", {
        remedy: "It starts again by itself; the server's log names the cause.",
        cause,
      });
      thread.remote.$close(failure);
      onFailure(failure);
      await delay(pause, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      thread = startThread(configs, writerPort(), host);
      failure = null;
    }
  };
  const running = keepRunning();

  const callOf = (_: SourcesApi, name: string | symbol) =>
    failure ? () => Promise.reject(failure) : thread.remote[name as keyof SourcesApi];
  return {
    api: new Proxy({} as SourcesApi, { get: callOf }),
    async close() {
      ending.abort();
      if (!failure) await Promise.race([thread.remote.stop(), thread.ended]);
      await thread.worker.terminate();
      await running;
    },
  };
}

interface SourcesThread {
  worker: Worker;
  remote: Remote<SourcesApi>;
  /** What it died of. */
  ended: Promise<unknown>;
}

function startThread(configs: readonly SourceConfig[], writerPort: MessagePort, host: SourcesHost): SourcesThread {
  const worker = new Worker(new URL("./sources-thread.ts", import.meta.url), {
    workerData: { configs, writerPort },
    transferList: [writerPort],
    name: "trialdeck-sources",
  });
  let cause: unknown;
  worker.on("error", (error) => {
    cause = error;
  });
  const ended = new Promise((resolve) => worker.once("exit", (code) => resolve(cause ?? `exit code ${code}`)));
  return { worker, remote: connectThread<SourcesApi>(worker as unknown as MessagePort, host), ended };
}
