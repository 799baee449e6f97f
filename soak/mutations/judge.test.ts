import { describe, expect, it } from "vitest";
import { isStale, judge, type PastRun, placeOf, type Told } from "./judge.ts";
import { firstState, type ProjectState } from "./knobs.ts";
import type { Loss } from "./mutate.ts";

const path = (letter: string) =>
  `/cache/stable_process____process[@name='widen']_${[letter, "b", "c"].map((one) => one.repeat(64)).join("_")}.pkl`;
const place = placeOf("widen", path("a"))!;

function runOf(
  name: string,
  change: ProjectState,
  said: { status?: string; producer?: string; lost?: Loss[] } = {},
): PastRun {
  const { status = "completed", producer = null, lost } = said;
  return {
    name,
    state: { ...firstState, ...change },
    processes: new Map([["widen", { status, cachePath: path("a"), producer }]]),
    lost: new Map(lost ? [[place, new Set(lost)]] : []),
  };
}
const told = (verdict: string, said: Partial<Told> = {}): Told => ({
  ...{ process: "widen", verdict, comparedWith: { runName: "first" }, firstCause: null, alsoChanged: [], values: [] },
  sentence: "",
  ...said,
});
const first = runOf("first", {});
const config = (process: string | null, part = "config") => ({ firstCause: { process, part } });

describe("a change that is told", () => {
  it("is true when that very place of the project was changed, in the process or before it", () => {
    expect(judge(told("changed", config("widen")), runOf("next", { "widen.degree": 5 }), [first])).toBeNull();
    expect(judge(told("changed", config("read_swell")), runOf("next", { "read_swell.rows": 360 }), [first])).toBeNull();
    expect(judge(told("changed", config(null, "global-config")), runOf("next", { seed: 12 }), [first])).toBeNull();
  });

  it("is false when another was, or one that comes after", () => {
    expect(judge(told("changed", config("widen")), runOf("next", { "lift.body": 5 }), [first])).toMatchObject({
      false: "widen config, where widen function changed",
    });
    const after = { process: "fit_soft", part: "config" };
    const next = runOf("next", { "widen.degree": 5, "fit_soft.alpha": 1 });
    expect(judge(told("changed", { ...config("widen"), alsoChanged: [after] }), next, [first])).toHaveProperty("false");
  });

  it("is false with another value, and not known without a cause", () => {
    const values = [{ path: "widen.degree", before: 2, after: 4 }];
    const next = runOf("next", { "widen.degree": 5 });
    expect(judge(told("changed", { ...config("widen"), values }), next, [first])).toEqual({
      false: "widen.degree 2 → 4",
    });
    expect(judge(told("changed"), next, [first])).toBe("unknown");
  });
});

describe("a loss that is told", () => {
  const next = runOf("next", {}, { lost: ["payload-gone"] });

  it("is true when that was done to the result with the same key", () => {
    expect(judge(told("payload-gone"), next, [first])).toBeNull();
    expect(judge(told("same-key-lost", { candidates: ["removed", "payload-gone"] }), next, [first])).toBeNull();
  });

  it("is false when something else was, or nothing", () => {
    expect(judge(told("removed"), next, [first])).toHaveProperty("false");
    expect(judge(told("same-key-lost", { candidates: ["removed"] }), next, [first])).toHaveProperty("false");
    expect(judge(told("same-key-lost"), runOf("next", {}), [first])).toHaveProperty("false");
  });
});

it("takes a run that failed before for a cause only under the same key", () => {
  const failed = runOf("first", {}, { status: "failed" });
  expect(judge(told("previous-failed"), runOf("next", {}), [failed])).toBeNull();
  expect(judge(told("previous-failed"), runOf("next", { "widen.degree": 5 }), [failed])).toHaveProperty("false");
  expect(judge(told("previous-failed"), runOf("next", {}), [first])).toHaveProperty("false");
});

it("knows a result of code that is in no key", () => {
  const maker = { ...first, processes: new Map([["join_fits", first.processes.get("widen")!]]) };
  const reuse = (change: ProjectState): PastRun => ({
    ...runOf("next", change),
    processes: new Map([["join_fits", { status: "cached", cachePath: null, producer: "first" }]]),
  });
  expect(isStale(reuse({ "helper.body": 2 }), [maker])).toBe(true);
  expect(isStale(reuse({ "helper.note": 2 }), [maker])).toBe(false);
});
