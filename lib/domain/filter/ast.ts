import type { FilterField } from "./fields.ts";

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~";

/** Where in the text something stands: UTF-16 offsets, `end` exclusive. */
export interface Span {
  position: number;
  end: number;
}

/** A literal, read by the type of the field that it is compared with. */
export type FilterValue =
  | { type: "text"; text: string }
  /** `exact`: the digits of an integer beyond 2^53, which a double cannot tell from its neighbours. */
  | { type: "number"; value: number; exact: string | null; text: string }
  | { type: "nan" }
  /** A time as precise as it was written: epoch ms from (inclusive) to (exclusive). */
  | { type: "moment"; from: number; to: number };

/** A filter as a tree. Every leaf is true or false of an item, never unknown: what is not recorded matches nothing. */
export type Filter =
  | { kind: "and" | "or"; items: Filter[] }
  | { kind: "not"; item: Filter }
  | ({ kind: "word"; text: string } & Span)
  | ({ kind: "tagged"; tag: string } & Span)
  | ({ kind: "compare"; field: FilterField; operator: Operator; value: FilterValue } & Span)
  | ({ kind: "in"; field: FilterField; values: FilterValue[] } & Span)
  | ({ kind: "exists"; field: FilterField } & Span);

/** Why a text is no filter. */
export interface FilterProblem {
  /** UTF-16 offset in the text. */
  position: number;
  expected: string[];
  /** One sentence. */
  message: string;
}
