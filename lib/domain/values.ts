import { z } from "zod";

/** A number as JSON carries it: NaN and the infinities are spelled, integers beyond 2^53 are decimal strings. */
export const wireNumber = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]), z.string().regex(/^-?\d+$/)]);

/** Any stored value (a param, a tag, a snapshot). Inside it may hold NaN and big integers, which the wire spells. */
export type PlainValue = string | number | bigint | boolean | null | PlainValue[] | { [name: string]: PlainValue };
export const plainValue = z.json() as z.ZodType<unknown> as z.ZodType<PlainValue>;

/** Epoch milliseconds inside the house; the wire says ISO 8601 with `Z`. */
export type Millis = number;

export const isoTime = z.string().describe("ISO 8601, UTC");
export const nullableTime = isoTime.nullable();
export const seconds = z.number().describe("seconds");
export const byteCount = z.number().describe("bytes");
