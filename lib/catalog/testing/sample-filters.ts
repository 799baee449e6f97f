import fc from "fast-check";

/** A filter as text, and what it should mean: the plain oracle that SQL is compared with. */
export interface SampleFilter<Item> {
  text: string;
  matches(item: Item): boolean;
}

export const operators = ["=", "!=", "<", "<=", ">", ">="] as const;
type Operator = (typeof operators)[number];

export function compareOrdered<Value extends number | string>(a: Value, operator: Operator, b: Value): boolean {
  switch (operator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

/** A value that a filter compares loosely: a number, or a text that is none. */
export type Loose = number | string | bigint | boolean | null | undefined;

/** What the grammar promises of params, tags and metrics, said without SQL. */
export function compareLoose(stored: Loose, operator: Operator, literal: number | string): boolean {
  if (stored === null || stored === undefined) return false;
  const value = loosely(stored);
  const wanted = loosely(literal);
  if (Number.isNaN(value)) return Number.isNaN(wanted) && operator === "=";
  if (Number.isNaN(wanted)) return operator === "!=";
  if (operator === "!=") return value !== wanted;
  if (typeof value === "number" && typeof wanted === "number") return compareOrdered(value, operator, wanted);
  if (typeof value === "string" && typeof wanted === "string") return compareOrdered(value, operator, wanted);
  return false;
}

function loosely(value: Exclude<Loose, null | undefined>): number | string {
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "string") return Number(value);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}

/** Leaves joined by `and`, `or`, `not` and by standing side by side, three levels deep at most. */
export function nested<Item>(leaf: fc.Arbitrary<SampleFilter<Item>>): fc.Arbitrary<SampleFilter<Item>> {
  const both = (join: string) => (a: SampleFilter<Item>, b: SampleFilter<Item>) => ({
    text: `(${a.text})${join}(${b.text})`,
    matches: (item: Item) =>
      join === " or " ? a.matches(item) || b.matches(item) : a.matches(item) && b.matches(item),
  });
  const { tree } = fc.letrec<{ tree: SampleFilter<Item> }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthIdentifier: "filter" },
      { arbitrary: leaf, weight: 3 },
      {
        arbitrary: tie("tree").map((inner) => ({
          text: `not (${inner.text})`,
          matches: (item: Item) => !inner.matches(item),
        })),
        weight: 2,
      },
      ...[" and ", " or ", " "].map((join) => ({
        arbitrary: fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => both(join)(a, b)),
        weight: 1,
      })),
    ),
  }));
  return tree;
}

/** A literal as it is written in a filter. */
export function written(literal: number | string): string {
  return typeof literal === "number" ? String(literal) : `"${literal.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
