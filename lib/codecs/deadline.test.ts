import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadline } from "./deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(milliseconds: number) {
  const over = vi.fn();
  return { over, deadline: new Deadline(milliseconds, over) };
}

test("it is over once, after its time", async () => {
  const { over, deadline } = start(100);
  await vi.advanceTimersByTimeAsync(99);
  expect(deadline.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(deadline.isOver).toBe(true);
  expect(over).toHaveBeenCalledOnce();
});

test("waits do not count, also when they overlap", async () => {
  const { over, deadline } = start(100);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const waits = [deadline.during(() => first.promise), deadline.during(() => second.promise)];
  await vi.advanceTimersByTimeAsync(1000);
  first.resolve();
  await vi.advanceTimersByTimeAsync(1000);
  expect(over).not.toHaveBeenCalled();
  second.resolve();
  await Promise.all(waits);
  await vi.advanceTimersByTimeAsync(100);
  expect(over).toHaveBeenCalledOnce();
});

test("a wait that settles after the end does not start it again", async () => {
  const { over, deadline } = start(100);
  const late = Promise.withResolvers<void>();
  const wait = deadline.during(() => late.promise);
  deadline.stop();
  late.resolve();
  await wait;
  await vi.advanceTimersByTimeAsync(1000);
  expect(over).not.toHaveBeenCalled();
});
