import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { openFirestoreDriver } from "../firestore-driver.ts";

/** Opens, watches, asks, and closes while a question is on its way: then nothing may keep the thread. */
const driver = await openFirestoreDriver(workerData);
await driver.watch?.("a", { onChanges: () => undefined, onTrouble: () => undefined });
await driver.list({ collection: "a", cursor: null });
await driver.ids({ collection: "a", cursor: null });
if (parentPort !== null) {
  parentPort.postMessage("asked");
  await once(parentPort, "message");
}
const last = driver.list({ collection: "a", cursor: null }).catch(() => undefined);
await driver.close();
await last;
