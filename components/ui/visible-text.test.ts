import { expect, test } from "vitest";
import { escapeInvisible, splitTail } from "./visible-text.ts";

test.each([
  ["train_sgd.alpha", "train_sgd.alpha"],
  ["a\nb\tc", "a\\nb\\tc"],
  ["user\u202Egnp.exe", "user\\u{202e}gnp.exe"],
  ["zero\u200Bwidth", "zero\\u{200b}width"],
  ["\u0000", "\\u{0}"],
  ["<b>& Größe 日本</b>", "<b>& Größe 日本</b>"],
  ["lone \uD800", "lone \\u{d800}"],
])("%j is shown as %s", (stored, shown) => {
  expect(escapeInvisible(stored)).toBe(shown);
});

test("a long name keeps its end", () => {
  expect(splitTail("project-wine-lab-20261120233328-ed0bed0d", 8)).toEqual({
    head: "project-wine-lab-20261120233328-",
    tail: "ed0bed0d",
  });
});

test("a short name stays whole, an astral character is never cut in two", () => {
  expect(splitTail("short", 8)).toEqual({ head: "short", tail: "" });
  expect(splitTail("𝒂𝒃𝒄𝒅𝒆", 2)).toEqual({ head: "𝒂𝒃𝒄", tail: "𝒅𝒆" });
});
