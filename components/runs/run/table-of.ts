import type { ChartTable } from "../../charts/frame/export.ts";

type Scalar = string | number | boolean | null;

/**
 * A stored value as a table, where it is one: rows as lists or objects, or columns as lists. A few long lists are columns
 * (a curve's x and y). Null for everything else.
 */
export function tableOf(value: unknown, caption: string): ChartTable | null {
  if (Array.isArray(value) && value.length > 0) {
    if (value.every(isScalarList)) return ofLists(value, caption);
    if (value.every(isScalarObject)) return ofObjects(value, caption);
  }
  if (isObject(value)) {
    const columns = Object.entries(value);
    if (columns.length > 0 && columns.every((entry): entry is [string, Scalar[]] => isScalarList(entry[1])))
      return ofColumns(columns, caption);
  }
  return null;
}

function ofLists(lists: readonly Scalar[][], caption: string): ChartTable {
  const longest = Math.max(...lists.map((list) => list.length));
  const names = (count: number) => Array.from({ length: count }, (_, index) => String(index));
  if (longest > lists.length * 4) {
    const columns = names(lists.length).map((name, index): [string, Scalar[]] => [name, lists[index] ?? []]);
    return ofColumns(columns, caption);
  }
  return build(caption, names(longest), lists.length, (row, column) => lists[row]?.[column] ?? null);
}

function ofObjects(objects: readonly Record<string, Scalar>[], caption: string): ChartTable {
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  return build(caption, names, objects.length, (row, column) => objects[row]?.[names[column] as string] ?? null);
}

function ofColumns(columns: readonly [string, Scalar[]][], caption: string): ChartTable {
  const rows = Math.max(...columns.map(([, values]) => values.length));
  const names = columns.map(([name]) => name);
  return build(caption, names, rows, (row, column) => columns[column]?.[1][row] ?? null);
}

function build(
  caption: string,
  names: readonly string[],
  rowCount: number,
  read: (row: number, column: number) => Scalar,
): ChartTable {
  const cell = (row: number, column: number) => {
    const value = read(row, column);
    return typeof value === "boolean" ? String(value) : value;
  };
  const columns = names.map((name, column) => ({ name, numeric: typeof cell(0, column) === "number" }));
  return { caption, columns, rowCount, cell };
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
function isScalarList(value: unknown): value is Scalar[] {
  return Array.isArray(value) && value.length > 0 && value.every(isScalar);
}
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isScalarObject(value: unknown): value is Record<string, Scalar> {
  return isObject(value) && Object.values(value).every(isScalar);
}
