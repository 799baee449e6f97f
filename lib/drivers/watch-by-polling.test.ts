import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { watchByPolling } from "./watch-by-polling.ts";

/** Watches for a while in which each look takes so long; the last stands for all further ones. Answers how often it was looked. */
async function countLooks(tookMs: number[], whileMs: number): Promise<number> {
  let looks = 0;
  const look = async () => {
    await sleep(tookMs[Math.min(looks, tookMs.length - 1)]);
    looks += 1;
    return "";
  };
  const stop = await watchByPolling(look, { everyMs: 10, share: 0.2 }, () => undefined, new AbortController().signal);
  const before = looks;
  await sleep(whileMs);
  await stop();
  return looks - before;
}

it("takes no more than its share of the time when every look takes long", async () => {
  // 50 ms of each 300 ms.
  expect(await countLooks([50], 900)).toBeLessThanOrEqual(4);
});

it("looks again soon after one look that was held up", async () => {
  await vi.waitFor(async () => expect(await countLooks([300, 1], 600)).toBeGreaterThan(5), 10_000);
});
