import { expect, it } from "vitest";
import { diffLines } from "./line-diff.ts";

const said = (before: string[], after: string[]) =>
  diffLines(before.join("\n"), after.join("\n")).lines.map(({ sign, text }) => sign + text);

it("shows what was removed and added, with two lines around it", () => {
  expect(said(["a", "b", "c", "d", "e", "f"], ["a", "b", "c", "D", "e", "f"])).toEqual([
    " b",
    " c",
    "-d",
    "+D",
    " e",
    " f",
  ]);
});

it("marks what is left out between two changes, and nothing at the ends", () => {
  const middle = ["1", "2", "3", "4", "5", "6"];
  expect(said(["x", ...middle, "y"], ["X", ...middle, "Y"])).toEqual([
    "-x",
    "+X",
    " 1",
    " 2",
    " ⋯",
    " 5",
    " 6",
    "-y",
    "+Y",
  ]);
});

it("equal texts differ in no line; an empty one is a line", () => {
  expect(said(["a"], ["a"])).toEqual([]);
  expect(said([""], ["a", "b"])).toEqual(["-", "+a", "+b"]);
});

it("two long texts that share nothing stay bounded", () => {
  const many = (letter: string) => Array.from({ length: 5_000 }, (_, at) => `${letter}${at}`).join("\n");
  const diff = diffLines(many("a"), many("b"));
  expect(diff.lines).toHaveLength(400);
  expect(diff.truncated).toBe(true);
});
