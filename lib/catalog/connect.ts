import { once } from "node:events";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { connectThread, type Remote } from "../contracts/thread-calls.ts";
import { AppError } from "../domain/errors.ts";
import type { CatalogReader, CatalogWriter } from "./contract.ts";
import { type PackedReader, unpackReader } from "./reader.ts";
import type { PortMessage } from "./serve-thread.ts";

/** The catalog as the main thread holds it. */
export interface RunningCatalog {
  writer: CatalogWriter;
  reader: CatalogReader;
  /** A port to the writer for another thread: hand it over (transfer it) and call `connectThread<CatalogWriter>` there. */
  writerPort(): MessagePort;
  close(): Promise<void>;
}

/**
 * Starts the catalog's two threads. The writer makes the file before the reader opens it. When a thread dies, calls to it fail with
 * `internal`.
 */
export async function startCatalog({ path }: { path: string }): Promise<RunningCatalog> {
  const writerThread = await startThread(
    new URL("./writer-thread.ts", import.meta.url),
    "trialdeck-catalog-writer",
    path,
    512,
  );
  const readerThread = await startThread(
    new URL("./reader-thread.ts", import.meta.url),
    "trialdeck-catalog-reader",
    path,
    256,
  );
  const writer = writerThread.connect<CatalogWriter>();
  const reader = readerThread.connect<PackedReader>();
  return {
    writer,
    reader: unpackReader(reader),
    writerPort: () => writerThread.newPort(),
    async close() {
      // The writer last: who closes last puts the write-ahead log into the file.
      await reader.close();
      await writer.close();
      await Promise.all([readerThread.end(), writerThread.end()]);
    },
  };
}

interface CatalogThread {
  newPort(): MessagePort;
  connect<Functions extends object>(): Remote<Functions>;
  end(): Promise<void>;
}

async function startThread(entry: URL, name: string, path: string, heapMegabytes: number): Promise<CatalogThread> {
  const worker = new Worker(entry, {
    workerData: { path },
    name,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 16 },
  });
  // `once` also rejects on "error": a thread that cannot open the file fails the start.
  await once(worker, "message");
  const remotes: Remote<object>[] = [];
  let ending = false;
  const fail = (cause?: unknown) => {
    if (ending) return;
    const message = "The catalog's thread ended unexpectedly.";
    for (const remote of remotes)
      remote.$close(new AppError("internal", message, { remedy: "Start the server again.", cause }));
  };
  worker.on("error", fail);
  worker.on("exit", () => fail());
  const newPort = () => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ port: port2 } satisfies PortMessage, [port2]);
    return port1;
  };
  return {
    newPort,
    connect<Functions extends object>() {
      const remote = connectThread<Functions>(newPort(), {});
      remotes.push(remote as Remote<object>);
      return remote;
    },
    async end() {
      ending = true;
      await worker.terminate();
    },
  };
}
