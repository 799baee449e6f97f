import type { Line } from "./figures.ts";
import { measureBundled } from "./measures/bundled.ts";
import { measureEntries } from "./measures/entries.ts";
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
};

const words = process.argv.slice(2);
const sizes = words.includes("quick") ? quickSizes : wholeSizes;
const names = words.filter((word) => word !== "quick");
const unknown = names.find((name) => !(name in measures));
if (unknown) {
  console.error(`There is no measure ${unknown}. There are: ${Object.keys(measures).join(", ")}.`);
  process.exit(64);
}

const machine = describeMachine();
const lines: Line[] = [];
for (const [name, measure] of Object.entries(measures)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.error(`Measuring ${name} …`);
  lines.push(...(await measure(sizes)));
}
console.log(`${machine}\n\n${writeTable(lines)}`);
process.exitCode = lines.some(isMissed) ? 1 : 0;
