import { expect, it } from "vitest";
import { randomOf } from "../../bench/stores/random.ts";
import { findTurned, firstState, type ProjectState } from "./knobs.ts";
import { mutate } from "./mutate.ts";

function history(seed: number, runs: number) {
  const random = randomOf(seed);
  const past: ProjectState[] = [];
  return Array.from({ length: runs }, () => {
    const mutation = mutate(random, past, ["removed", "payload-gone", "expired"]);
    past.push(mutation.state);
    return mutation;
  });
}

it("is the same for the same seed", () => {
  expect(history(3, 50)).toEqual(history(3, 50));
});

it("begins with the project as it is and mends at once what fails", () => {
  const runs = history(3, 400);
  expect(runs[0]?.state).toEqual(firstState);
  const failing = runs.flatMap(({ state }, at) => (state["solve_hard.raises"] ? [at] : []));
  expect(failing.length).toBeGreaterThan(0);
  for (const at of failing.filter((one) => one + 1 < runs.length))
    expect(findTurned(runs[at]!.state, runs[at + 1]!.state)).toEqual(["solve_hard.raises"]);
});

it("comes to every knob, every loss and every end", () => {
  const runs = history(3, 400);
  const turned = runs.slice(1).flatMap(({ state }, at) => findTurned(runs[at]!.state, state));
  expect(new Set(turned)).toEqual(new Set(Object.keys(firstState)));
  expect(new Set(runs.flatMap(({ losses }) => losses.map(({ how }) => how))).size).toBe(3);
  expect(runs.some(({ killAfter }) => killAfter !== null)).toBe(true);
  expect(runs.some(({ what }) => what === "nothing")).toBe(true);
});
