import { readFileSync, unlinkSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { KillOrder, Moment, Slot } from "./kill-points.ts";

const orderFile = process.env.SOAK_KILL_ORDER ?? "";

/** [set, microseconds]: a thread of its own waits for it, since the one that is at work may not come to look at a timer. */
const cells = new Int32Array(new SharedArrayBuffer(8));
const wait = `
  const { cells } = require("node:worker_threads").workerData;
  Atomics.wait(cells, 0, 0);
  const end = performance.now() + cells[1] / 1000;
  while (performance.now() < end);
  process.kill(process.pid, "SIGKILL");`;
new Worker(wait, { eval: true, workerData: { cells }, env: {}, execArgv: [] }).unref();

/** Kills this process when that was ordered for this moment of this store; `slot` null: of either. The order is gone then, so that the next server lives. */
export function pass(moment: Moment, slot: Slot | null): void {
  const order = readOrder();
  if (order?.moment !== moment || (slot !== null && slot !== order.slot)) return;
  unlinkSync(orderFile);
  cells[1] = order.afterMicros;
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
  // What lasts goes on meanwhile; nothing comes after what does not.
  if (order.afterMicros === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function readOrder(): KillOrder | null {
  try {
    return JSON.parse(readFileSync(orderFile, "utf8")) as KillOrder;
  } catch {
    return null;
  }
}
