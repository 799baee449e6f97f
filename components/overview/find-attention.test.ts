import { expect, test } from "vitest";
import type { Source } from "../../lib/domain/source.ts";
import type { Overview } from "../../lib/queries/source-queries.ts";
import { findAttention } from "./find-attention.ts";

const calm: Overview = {
  runs: { completed: 6 },
  entries: { usable: 40 },
  savedSeconds: 60,
  spentSeconds: 30,
  storedBytes: 1,
  brokenEntries: 0,
  orphanPayloads: 0,
};
const lost = {
  id: "r",
  label: "redis",
  status: "unreachable",
  error: {
    code: "source_unavailable",
    message: "redis h: connection refused",
    remedy: "Start Redis.",
    since: "2026-11-21T00:00:00Z",
  },
} as Source;

test("calm figures need nothing", () => {
  expect(findAttention([], calm)).toEqual([]);
});

test("a lost source comes first and says how to mend it", () => {
  const found = findAttention([lost], { ...calm, brokenEntries: 2, orphanPayloads: 1, runs: { stalled: 1 } });
  expect(found.map(({ title }) => title)).toEqual([
    "redis is unreachable",
    "2 broken entries",
    "1 stalled run",
    "1 orphan payload",
  ]);
  expect(found[0]?.words).toBe("redis h: connection refused. Start Redis.");
});
