import { workerData } from "node:worker_threads";
import { yieldToOthers } from "../contracts/yield-to-others.ts";
import { serveThread } from "./serve-thread.ts";
import { openCatalogWriter } from "./writer.ts";

/** The thread of the catalog's writer. Its data: `{path}`; it answers on every port that it is handed. */
const { path } = workerData as { path: string };
yieldToOthers();
serveThread(openCatalogWriter({ path }));
