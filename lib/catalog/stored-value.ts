import { comparedValue, spellPlain } from "../domain/filter/compared-value.ts";
import type { PlainValue } from "../domain/values.ts";
import { sortedLength } from "./stored-text.ts";

/** A value as `run_values` holds it for sorting and filtering; the value itself stands in the run's JSON. */
export interface StoredValue {
  /** A number, or the first characters of a text; null for NaN. */
  v: number | string | null;
  /** The whole of a longer text; the spelling of a number where it is not the usual one; `NaN`. */
  long: string | null;
}

/** `null` when there is nothing to compare (a null value). */
export function storeValue(value: PlainValue | undefined): StoredValue | null {
  if (typeof value === "number" && Number.isFinite(value)) return { v: value, long: null };
  const compared = comparedValue(value);
  if (!compared) return null;
  if (compared.type === "nan") return { v: null, long: "NaN" };
  if (compared.type === "number") {
    return { v: compared.value, long: compared.text === String(compared.value) ? null : compared.text };
  }
  const { text } = compared;
  return text.length > sortedLength ? { v: cutText(text), long: text } : { v: text, long: null };
}

/** The part of a text that sorts, never half of a surrogate pair. */
export function cutText(text: string): string {
  if (text.length <= sortedLength) return text;
  const code = text.charCodeAt(sortedLength - 1);
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? sortedLength - 1 : sortedLength);
}

/** The text that `~` looks into. */
export function textOfStored(v: number | string | null, long: string | null): string | null {
  return long ?? (v === null ? null : String(v));
}

/** JSON of stored values: numbers that JSON cannot hold are spelled, integers beyond 2^53 are decimal text. */
export function toStoredJson(value: unknown): string {
  return JSON.stringify(value, spellPlain);
}
