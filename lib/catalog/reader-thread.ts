import { workerData } from "node:worker_threads";
import { openPackedReader } from "./reader.ts";
import { serveThread } from "./serve-thread.ts";

/** The thread of the catalog's reader. Its data: `{path}`; it answers on every port that it is handed. */
const { path } = workerData as { path: string };
serveThread(openPackedReader({ path }));
