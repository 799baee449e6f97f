import { expect, it } from "vitest";
import type { PlannedEntry } from "../catalog/contract.ts";
import { processesAfter } from "./descend.ts";
import { priceOf } from "./price.ts";

const entry = (said: Partial<PlannedEntry>): PlannedEntry => ({
  id: "e",
  of: "entry",
  createdAt: null,
  experimentId: "exp",
  key: "k",
  scope: "process",
  process: "fit",
  step: null,
  state: "usable",
  bytes: null,
  seconds: 10,
  borrowedSeconds: null,
  producerRunId: null,
  expiresAt: null,
  pinned: false,
  locator: "l",
  token: "t",
  ...said,
});
const step = (said: Partial<PlannedEntry> = {}) => entry({ scope: "step", step: "descend", seconds: 4, ...said });

it("counts a step in its process, and by itself where the process stays", () => {
  expect(priceOf([entry({}), step()])).toEqual({ seconds: 10, atLeast: false });
  expect(priceOf([step(), step()])).toEqual({ seconds: 8, atLeast: false });
  expect(priceOf([entry({}), entry({ process: "score", seconds: 1 })])).toEqual({ seconds: 11, atLeast: false });
});

it("says at least where steps were reused or a time is not recorded", () => {
  // Its steps' entries go too, so that what they once took is to be paid again.
  expect(priceOf([entry({ seconds: 0.1, borrowedSeconds: 7 }), step()])).toEqual({ seconds: 7.1, atLeast: true });
  expect(priceOf([entry({ seconds: 0.1, borrowedSeconds: 7 })])).toEqual({ seconds: 0.1, atLeast: false });
  expect(priceOf([entry({ seconds: null })])).toEqual({ seconds: 0, atLeast: true });
});

it("asks nothing for what would not be served", () => {
  expect(priceOf([entry({ state: "broken" }), entry({ state: "expired" }), entry({ of: "artifact" })])).toEqual({
    seconds: 0,
    atLeast: false,
  });
});

it("follows the arrows once or to the end, also around a circle", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id, label: id.toUpperCase(), parentId: null }));
  const edges = [
    ["a", "b"],
    ["b", "c"],
    ["c", "a"],
  ].map(([from, to]) => ({ from: from!, to: to! }));
  const graph = { nodes: [...nodes, { id: "s", label: "A", parentId: "b" }], edges };
  expect([...processesAfter(graph, "A", "direct")]).toEqual(["B"]);
  expect([...processesAfter(graph, "A", "all")]).toEqual(["B", "C"]);
  expect([...processesAfter(graph, "D", "all")]).toEqual([]);
});
