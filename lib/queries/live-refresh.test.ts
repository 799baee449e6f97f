import { matchQuery, type Query } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLiveRefresh, type LiveEvent, staleAfter } from "./live-refresh.ts";
import { runQueries } from "./run-queries.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const runChanged: LiveEvent = { name: "run", source: "s", experimentId: "e", id: "r1" };

const keysOf = (event: LiveEvent) => staleAfter(event).map(({ key }) => key);

test("a run's event makes its own answers, the lists and the overview stale, of drawn series only those that show it", () => {
  expect(keysOf(runChanged)).toEqual([
    ["runs"],
    ["artifacts"],
    ["overview"],
    ["run", "s", "r1"],
    ["series", { "s/r1": true }],
  ]);
  const shows = (runs: string[]) =>
    matchQuery({ queryKey: runQueries.seriesOf({ source: "s", id: "r1" }) }, {
      queryKey: runQueries.seriesMany(runs.map((run) => ({ source: "s", run, metric: "loss" }))).queryKey,
    } as unknown as Query);
  expect([shows(["r0", "r1"]), shows(["r0"])]).toEqual([true, false]);
});

test("an entry's event makes those artifacts stale that are its files", () => {
  const event: LiveEvent = { name: "cache", source: "s", experimentId: "e", id: "n1" };
  expect(staleAfter(event)).toContainEqual({ key: ["artifact", "s"], holding: { entryId: "n1" } });
  expect(staleAfter({ ...event, id: null })).toContainEqual({ key: ["artifact", "s"] });
});

test("a reset makes everything stale", () => {
  expect(keysOf({ name: "reset", source: null, experimentId: null, id: null })).toEqual([[]]);
});

test("a burst refreshes each key at once and then once more, not once an event", () => {
  const asked: string[] = [];
  const refresh = createLiveRefresh(({ key }) => asked.push(JSON.stringify(key)));
  for (let event = 0; event < 50; event += 1) refresh.take(runChanged);
  expect(asked.filter((key) => key === '["runs"]')).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(asked.filter((key) => key === '["runs"]')).toHaveLength(2);
  vi.advanceTimersByTime(5000);
  expect(asked.filter((key) => key === '["runs"]')).toHaveLength(2);
  refresh.stop();
});
