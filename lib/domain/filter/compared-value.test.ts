import { expect, test } from "vitest";
import { comparedValue, spellPlain } from "./compared-value.ts";

test.each([
  [0.002, 0.002],
  ["0.002", 0.002],
  ["-1.50e3", -1500],
  ["Infinity", Number.POSITIVE_INFINITY],
  [-0, -0],
])("%j is the number %d", (value, number) => {
  expect(comparedValue(value)).toMatchObject({ type: "number", value: number, exact: null });
});

test("an integer beyond 2^53 keeps its digits", () => {
  expect(comparedValue(9007199254740993n)).toMatchObject({ type: "number", exact: "9007199254740993" });
  expect(comparedValue("9007199254740993")).toMatchObject({ type: "number", exact: "9007199254740993" });
});

test.each(["007", "1e9999x", "0x10", "", "1_000", "true", "12345678901234567890123456789012345678901234567890"])(
  "%j is a text",
  (text) => {
    expect(comparedValue(text)).toEqual({ type: "text", text });
  },
);

test("truth values and lists are their spelling, null is nothing, NaN is itself", () => {
  expect(comparedValue(true)).toEqual({ type: "text", text: "true" });
  expect(comparedValue([1, { a: 2n }])).toEqual({ type: "text", text: '[1,{"a":2}]' });
  expect(comparedValue(null)).toBeNull();
  expect(comparedValue(Number.NaN)).toEqual({ type: "nan" });
  expect(comparedValue("NaN")).toEqual({ type: "nan" });
});

test("JSON spells what it cannot hold", () => {
  expect(JSON.stringify([Number.NaN, -Infinity, 5n, 2n ** 60n], spellPlain)).toBe(
    '["NaN","-Infinity",5,"1152921504606846976"]',
  );
});
