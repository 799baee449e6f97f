import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLiveRefresh, keysOf, type LiveEvent } from "./live-refresh.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const runChanged: LiveEvent = { name: "run", source: "s", experimentId: "e", id: "r1" };

test("a run's event makes its own answers, the lists and the overview stale", () => {
  expect(keysOf(runChanged)).toEqual([["runs"], ["overview"], ["run", "s", "r1"]]);
});

test("a reset makes everything stale", () => {
  expect(keysOf({ name: "reset", source: null, experimentId: null, id: null })).toEqual([[]]);
});

test("a burst refreshes each key at once and then once more, not once an event", () => {
  const asked: string[] = [];
  const refresh = createLiveRefresh((key) => asked.push(JSON.stringify(key)));
  for (let event = 0; event < 50; event += 1) refresh.take(runChanged);
  expect(asked.filter((key) => key === '["runs"]')).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(asked.filter((key) => key === '["runs"]')).toHaveLength(2);
  vi.advanceTimersByTime(5000);
  expect(asked.filter((key) => key === '["runs"]')).toHaveLength(2);
  refresh.stop();
});
