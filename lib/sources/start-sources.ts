import { type MessagePort, Worker } from "node:worker_threads";
import { connectThread, type Remote } from "../contracts/thread-calls.ts";
import type { SourceConfig } from "./source-config.ts";
import type { SourcesApi, SourcesHost } from "./thread-contract.ts";

export interface RunningSources {
  api: Remote<SourcesApi>;
  close(): Promise<void>;
}

/** Starts the thread of drivers, layouts and the indexer. `onFailure` is told when the thread itself dies. */
export function startSources(
  configs: readonly SourceConfig[],
  writerPort: MessagePort,
  host: SourcesHost,
  onFailure: (error: Error) => void,
): RunningSources {
  const worker = new Worker(new URL("./sources-thread.ts", import.meta.url), {
    workerData: { configs, writerPort },
    transferList: [writerPort],
    name: "trialdeck-sources",
  });
  worker.on("error", onFailure);
  const api = connectThread<SourcesApi>(worker as unknown as MessagePort, host);
  return {
    api,
    async close() {
      await api.stop();
      await worker.terminate();
    },
  };
}
