import { getHeapStatistics } from "node:v8";

const worthwhileBytes = 16 * 1024 * 1024;
let settledBytes = 0;

/**
 * Gives back what a large sweep took: a thread that rests collects nothing by itself. Does nothing where Node runs without `--expose-gc`, or
 * where the heap hardly grew since the last time.
 */
export function releaseMemory(): void {
  if (!globalThis.gc || getHeapStatistics().total_heap_size < settledBytes + worthwhileBytes) return;
  globalThis.gc({ type: "major", flavor: "last-resort", execution: "sync" });
  settledBytes = getHeapStatistics().total_heap_size;
}
