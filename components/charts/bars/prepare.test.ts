import { expect, it } from "vitest";
import { type BarGroup, barOf, prepareBars } from "./prepare.ts";

const groupsOf = (count: number): BarGroup[] =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index}`, label: `run ${index}`, amounts: [index % 4, 1] }));

it("lays the parts on one another and tells the share of the first", () => {
  const { bars, axis } = prepareBars([{ key: "a", label: "a", amounts: [3, 1] }], {
    width: 100,
    height: 80,
    kind: "count",
  });
  expect(bars[0]).toMatchObject({
    share: 0.75,
    segments: [
      { y: 20, height: 60 },
      { y: 0, height: 20 },
    ],
  });
  expect(axis.ticks).toEqual([0, 1, 2, 3, 4]);
});

it("adds neighbours up where there is no room for each, and loses nothing", () => {
  const groups = groupsOf(250);
  const picture = prepareBars(groups, { width: 400, height: 80, kind: "count" });
  expect(picture.folded).toBe(3);
  expect(picture.bars).toHaveLength(84);
  expect(picture.bars[1]).toMatchObject({ key: "k3", label: "run 3 to run 5", groups: 3, amounts: [3 + 0 + 1, 3] });
  const sum = (of: readonly { amounts: readonly number[] }[]) => of.reduce((all, { amounts }) => all + amounts[0]!, 0);
  expect(sum(picture.bars)).toBe(sum(groups));
  expect(barOf(picture, groups, "k4")?.key).toBe("k3");
  expect(barOf(picture, groups, "none")).toBeNull();
});

it("draws a flat ground where there is nothing", () => {
  const { bars } = prepareBars([{ key: "a", label: "a", amounts: [0, 0] }], {
    width: 90,
    height: 80,
    kind: "duration",
  });
  expect(bars[0]).toMatchObject({
    share: null,
    segments: [
      { y: 80, height: 0 },
      { y: 80, height: 0 },
    ],
  });
});
