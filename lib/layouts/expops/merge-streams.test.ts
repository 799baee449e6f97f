import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { mergeStreams } from "./merge-streams.ts";

async function* counting(name: string, most: number, signal: AbortSignal) {
  for (let number = 1; number <= most && !signal.aborted; number++) {
    await turn();
    yield `${name}${number}`;
  }
}

it("takes from every stream until all have ended", async () => {
  const streams = [
    (ending: AbortSignal) => counting("a", 3, ending),
    (ending: AbortSignal) => counting("b", 2, ending),
  ];
  const taken: string[] = [];
  for await (const item of mergeStreams(streams, new AbortController().signal)) taken.push(item);
  expect(taken.sort()).toEqual(["a1", "a2", "a3", "b1", "b2"]);
});

it("tells of a stream that fails while the taker is at work, and ends the others", async () => {
  let ended = false;
  async function* failing(): AsyncGenerator<string> {
    yield "f1";
    throw new Error("the store went away");
  }
  async function* patient(ending: AbortSignal): AsyncGenerator<string> {
    await new Promise<void>((resolve) => ending.addEventListener("abort", () => resolve(), { once: true }));
    ended = true;
  }
  const merged = mergeStreams([failing, patient], new AbortController().signal);
  expect(await merged.next()).toEqual({ done: false, value: "f1" });
  // The failing stream has been asked for more already, and fails now.
  await turn();
  await turn();
  await expect(merged.next()).rejects.toThrow("the store went away");
  expect(ended).toBe(true);
});
