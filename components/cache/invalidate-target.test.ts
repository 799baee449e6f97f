import { expect, it } from "vitest";
import type { Entry } from "../../lib/domain/entry.ts";
import { targetOf } from "./invalidate-target.ts";

const sources = [
  { id: "a", label: "wine-lab", readOnly: false, role: "operator" as const },
  { id: "b", label: "archive", readOnly: true, role: "admin" as const },
];
const entry = (source: string, id: string, said: Partial<Entry> = {}) =>
  ({ source, id, process: "fit", step: null, state: "usable", ...said }) as Entry;
const shown = { selected: [], filter: {}, sources, total: { value: 3, exact: true } };

it("is of the selected entries, of one source", () => {
  expect(targetOf({ ...shown, selected: [entry("a", "1")] })).toEqual({
    source: "a",
    selector: { entries: ["1"] },
    subject: "fit",
    repairable: false,
  });
  const two = [entry("a", "1", { state: "broken" }), entry("a", "2")];
  expect(targetOf({ ...shown, selected: two })).toMatchObject({ subject: "2 entries", repairable: true });
  expect(targetOf({ ...shown, selected: [entry("a", "1"), entry("b", "2")] })).toHaveProperty("refusal");
  expect(targetOf({ ...shown, selected: [entry("b", "2")] })).toEqual({ refusal: "archive is read-only here." });
});

it("is of all that a filter shows, never of everything by accident", () => {
  expect(targetOf({ ...shown, filter: { source: "a", q: "process = fit" } })).toEqual({
    source: "a",
    selector: { q: "process = fit" },
    subject: "3 filtered entries",
    repairable: true,
  });
  expect(targetOf({ ...shown, filter: { q: "process = fit" } })).toHaveProperty("refusal");
  expect(targetOf({ ...shown, sources: sources.slice(0, 1), filter: { state: ["usable"] } })).toMatchObject({
    source: "a",
    selector: { state: ["usable"] },
    repairable: false,
  });
  expect(targetOf({ ...shown, filter: { source: "a" } })).toHaveProperty("refusal");
  expect(targetOf({ ...shown, filter: { source: "a", q: "x" }, total: { value: 0, exact: true } })).toHaveProperty(
    "refusal",
  );
});

it("says which role it takes to who may only look", () => {
  const looked = [{ id: "a", label: "wine-lab", readOnly: false, role: "viewer" as const }];
  expect(targetOf({ selected: [], filter: { q: "age > 7d" }, sources: looked, total: null })).toEqual({
    refusal: "You may only look at wine-lab: taking entries out takes the role operator.",
  });
});
