import { expect, test } from "vitest";
import { replacedSince } from "./run-charts.ts";

const hour = 3_600_000;
const use = (run: string, created: number, bytes: number, producer: string | null = null) => ({
  run,
  artifact: "plot",
  bytes,
  created,
  producer,
});
const early = use("early", hour, 500);
const late = use("late", 5 * hour, 700);

test("a file of another size than recorded was written over by the latest run that recorded it", () => {
  expect(replacedSince(early, { bytes: 700, modified: 5 * hour }, [early, late])).toBe("late");
});

test("a record that fits is whole, also when another run recorded the same file and did not get to write it", () => {
  expect(replacedSince(early, { bytes: 500, modified: hour + 1000 }, [early, late])).toBeNull();
  expect(replacedSince(late, { bytes: 700, modified: 5 * hour }, [early, late])).toBeNull();
});

test("a file of the same size that was written much later is the later run's", () => {
  const same = use("late", 5 * hour, 500);
  expect(replacedSince(early, { bytes: 500, modified: 5 * hour }, [early, same])).toBe("late");
});

test("a time alone says nothing: a copy of a workspace is younger than all its records", () => {
  expect(replacedSince(early, { bytes: 500, modified: 99 * hour }, [early])).toBeNull();
});

test("a run that reused a chart did not write it", () => {
  const reuse = use("late", hour, 500, "early");
  expect(replacedSince(early, { bytes: 500, modified: 99 * hour }, [early, reuse])).toBeNull();
});

test("a file that is gone was not replaced", () => {
  expect(replacedSince(early, undefined, [early, late])).toBeNull();
});
