import { Redis } from "ioredis";

const pauseMillis = 1;

/**
 * Another client of a Redis, in a process of its own so that it waits for nothing but the store: asks GET after GET of the port that it is given until
 * its standard input ends, then prints as JSON when each was asked, ms since 1970, and what it took, ms.
 */
const client = new Redis(Number(process.argv[2]), "127.0.0.1");
const gets: [askedAt: number, took: number][] = [];
let over = false;
process.stdin.resume().once("end", () => {
  over = true;
});
while (!over) {
  const [askedAt, begun] = [Date.now(), performance.now()];
  await client.get("mlops:absent");
  gets.push([askedAt, performance.now() - begun]);
  await new Promise((resolve) => setTimeout(resolve, pauseMillis));
}
client.disconnect();
process.stdout.write(JSON.stringify(gets));
