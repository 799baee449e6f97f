import { expect, it } from "vitest";
import { filterOfPlace, readPlace, writePlace } from "./tree-place.ts";

const place = [
  { id: "src", label: "lab" },
  { id: "n1", label: "wine-lab" },
  { id: "n2", label: 'fit "hard", twice' },
];

it("survives the address", () => {
  expect(readPlace(writePlace(place))).toEqual(place);
  expect(readPlace(null)).toEqual([]);
  for (const broken of ["{}", "[1]", "[[1,2]]", "nonsense"]) expect(readPlace(broken)).toEqual([]);
});

it("narrows by source, experiment and process, beside the reader's own filter", () => {
  expect(filterOfPlace([], "size > 1MiB")).toEqual({ q: "size > 1MiB" });
  const { source, q } = filterOfPlace(place, "uses = 0 or state = broken");
  expect(source).toBe("src");
  expect(filterOfPlace([...place, { id: "n3", label: "(no step)" }], "").q).toMatch(/ and not step exists$/);
  expect(q).toMatch(/^experiment = "?wine-lab"? and process = ".*" and \(uses = 0 or state = broken\)$/);
});
