import { expect, it } from "vitest";
import type { LedgerItem } from "../../../lib/domain/ledger.ts";
import { findBreak } from "./find-break.ts";

const run = (runId: string, hits: number, misses: number, experimentId = "lab") =>
  ({ runId, hits, misses, experimentId, source: "src" }) as LedgerItem;

it("is the latest run after which much less was reused", () => {
  const runs = [run("a", 0, 7), run("b", 7, 0), run("c", 3, 4), run("d", 4, 3), run("e", 7, 0)];
  expect(findBreak(runs)).toMatchObject({ run: { runId: "c" }, before: 1, after: 3 / 7 });
  expect(findBreak([...runs, run("f", 0, 7)])).toMatchObject({ run: { runId: "f" } });
});

it("compares runs of one project, and only those that looked something up", () => {
  expect(findBreak([run("a", 7, 0), run("b", 0, 7, "other"), run("c", 0, 0), run("d", 6, 1)])).toBeNull();
  expect(findBreak([])).toBeNull();
});
