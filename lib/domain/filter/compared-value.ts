import type { PlainValue } from "../values.ts";

/**
 * A param, tag or metric as filters and sorting see it. A text that spells a number is that number; NaN is a value of its own; an
 * integer beyond 2^53 keeps its digits; `true` and `false` are text; lists and objects are their JSON. `null`: nothing to compare.
 */
export type ComparedValue =
  | { type: "number"; value: number; exact: string | null; text: string }
  | { type: "nan" }
  | { type: "text"; text: string };

const numeric = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const integer = /^[+-]?\d+$/;
const longestNumber = 40;

export function comparedValue(value: PlainValue | undefined): ComparedValue | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return comparedNumber(value, String(value));
  if (typeof value === "bigint") return comparedText(value.toString());
  if (typeof value === "string") return comparedText(value);
  if (typeof value === "boolean") return { type: "text", text: String(value) };
  return { type: "text", text: JSON.stringify(value, spellPlain) };
}

function comparedText(text: string): ComparedValue {
  if (text === "NaN") return { type: "nan" };
  if (text === "Infinity" || text === "-Infinity") return comparedNumber(Number(text), text);
  if (text.length > longestNumber || !numeric.test(text)) return { type: "text", text };
  return comparedNumber(Number(text), text);
}

function comparedNumber(value: number, text: string): ComparedValue {
  if (Number.isNaN(value)) return { type: "nan" };
  const big = Math.abs(value) > Number.MAX_SAFE_INTEGER && integer.test(text);
  return { type: "number", value, exact: big ? text.replace(/^\+/, "") : null, text };
}

/** For `JSON.stringify`: numbers that JSON cannot hold are spelled, integers beyond 2^53 are decimal text. */
export function spellPlain(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}
