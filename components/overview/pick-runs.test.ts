import { expect, test } from "vitest";
import type { ReadRun } from "../../lib/queries/revive.ts";
import { pickRuns } from "./pick-runs.ts";

const run = (id: string) => ({ source: "s", id }) as unknown as ReadRun;
const ids = (runs: readonly ReadRun[]) => runs.map(({ id }) => id);

test("a run under way stands first, though three younger ones have ended", () => {
  const latest = ["9", "8", "7"].map(run);
  expect(ids(pickRuns([run("2")], latest, 3))).toEqual(["2", "9", "8"]);
});

test("none is shown twice", () => {
  expect(ids(pickRuns([run("8")], ["9", "8", "7"].map(run), 12))).toEqual(["8", "9", "7"]);
});
