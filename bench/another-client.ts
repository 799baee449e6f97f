import { Redis } from "ioredis";
import { quantile } from "./figures.ts";

const pauseMillis = 1;
/** Until it is warm, what a client waits for says little of the store. */
const warmUpCalls = 500;

/**
 * Another client of a Redis, in a process of its own so that it waits for nothing but the store: asks GET after GET of the port that it is given until
 * its standard input ends, then prints p50 and p99 of what each took, ms, as JSON.
 */
const client = new Redis(Number(process.argv[2]), "127.0.0.1");
const took: number[] = [];
let over = false;
process.stdin.resume().once("end", () => {
  over = true;
});
while (!over) {
  const begun = performance.now();
  await client.get("mlops:absent");
  took.push(performance.now() - begun);
  await new Promise((resolve) => setTimeout(resolve, pauseMillis));
}
client.disconnect();
const warm = took.slice(warmUpCalls);
process.stdout.write(JSON.stringify({ p50: quantile(warm, 0.5), p99: quantile(warm, 0.99) }));
