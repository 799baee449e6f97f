import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { measureBundled } from "./measures/bundled.ts";
import { measureCloud } from "./measures/cloud.ts";
import { measureEntries } from "./measures/entries.ts";
import { measureInvalidation } from "./measures/invalidation.ts";
import { measureLive } from "./measures/live.ts";
import { measureReconcile } from "./measures/reconcile.ts";
import { measureRedis } from "./measures/redis.ts";
import { measureRuns } from "./measures/runs.ts";
import { measureSeries } from "./measures/series.ts";
import { measureStart } from "./measures/start.ts";
import { describeMachine, isMissed, writeTable } from "./report.ts";
import { quickSizes, wholeSizes } from "./sizes.ts";

/**
 * `npm run bench [-- quick] [name …]`: how fast the built product is on stores of a fixed size, against the gates it must keep. Exit code 1 when a
 * gate is missed. What is measured, and how: docs/speed.md.
 */
const measures = {
  start: measureStart,
  bundled: measureBundled,
  runs: measureRuns,
  entries: measureEntries,
  series: measureSeries,
  redis: measureRedis,
  live: measureLive,
  cloud: measureCloud,
  invalidation: measureInvalidation,
  reconcile: measureReconcile,
};

const words = process.argv.slice(2);
const sizes = words.includes("quick") ? quickSizes : wholeSizes;
const names = words.filter((word) => word !== "quick");
const unknown = names.find((name) => !(name in measures));
if (unknown) {
  console.error(`There is no measure ${unknown}. There are: ${Object.keys(measures).join(", ")}.`);
  process.exit(64);
}

execFileSync(process.execPath, [fileURLToPath(new URL("../bin/build.mjs", import.meta.url))], {
  stdio: ["ignore", 2, 2],
});
const machine = describeMachine();
let missed = false;
console.log(machine);
for (const [name, measure] of Object.entries(measures)) {
  if (names.length > 0 && !names.includes(name)) continue;
  try {
    const lines = await measure(sizes);
    console.log(`\n${name}, ${new Date().toISOString().slice(11, 16)}\n${writeTable(lines)}`);
    missed ||= lines.some(isMissed);
  } catch (error) {
    console.error(`\n${name} could not be measured:`, error);
    missed = true;
  }
}
process.exitCode = missed ? 1 : 0;
