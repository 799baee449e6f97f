import { expect, test } from "vitest";
import { hasOtherSize, replacedSince, warningsOfCharts } from "./run-charts.ts";

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

test("a size that fits no record says that the file was replaced, though nobody knows by whom", () => {
  const file = { bytes: 499, modified: hour };
  expect(replacedSince(early, file, [early])).toBeNull();
  expect(hasOtherSize(early, file)).toBe(true);
  const chart = { artifactId: "plot", process: "score_bars", title: "bars.png", mediaType: null, bytesRecorded: 500 };
  const known = { ...chart, createdAt: null, producerRunId: null, replacedSince: null };
  expect(
    warningsOfCharts([
      { ...known, replaced: true },
      { ...known, replaced: false },
    ]),
  ).toEqual([
    {
      code: "replaced-since",
      sentence: "bars.png of score_bars was written over since: the file is no longer what this run drew.",
    },
  ]);
});

test("a run that reused a chart did not write it", () => {
  const reuse = use("late", hour, 500, "early");
  expect(replacedSince(early, { bytes: 500, modified: 99 * hour }, [early, reuse])).toBeNull();
});

test("a file that is gone was not replaced", () => {
  expect(replacedSince(early, undefined, [early, late])).toBeNull();
});
