/** One element of a numpy array, as its type string describes it. */
export interface Dtype {
  /** As numpy writes it: `<f8`, `|b1`, `<U12`, `<M8[ns]`. */
  descr: string;
  /** As people say it: `float64`, `bool`, `<U12`, `datetime64[ns]`. */
  name: string;
  kind: DtypeKind;
  /** Bytes of one element. */
  itemSize: number;
  littleEndian: boolean;
}
/** numpy's kind letters: bool, signed, unsigned, float, complex, bytes, text, void, object, time, duration. */
export type DtypeKind = "b" | "i" | "u" | "f" | "c" | "S" | "U" | "V" | "O" | "M" | "m";

const widths: Partial<Record<DtypeKind, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 12, 16],
  c: [8, 16, 24, 32],
  M: [8],
  m: [8],
};
const words: Partial<Record<DtypeKind, string>> = { i: "int", u: "uint", f: "float", c: "complex" };

/**
 * Reads a type string of the numpy array interface; null when it is none.
 * https://numpy.org/doc/stable/reference/arrays.interface.html#object.__array_interface__
 */
export function parseDtype(text: string, byteOrder?: string): Dtype | null {
  const match = /^([<>|=]?)(?:(\?)|([biufcSaUVOMm])(\d{0,9})(\[[\w/]{1,16}\])?)$/.exec(text);
  if (!match) return null;
  const [, ownOrder = "", question, letter = "b", digits = "", unit = ""] = match;
  const kind = (letter === "a" ? "S" : letter) as DtypeKind;
  if (unit !== "" && kind !== "M" && kind !== "m") return null;
  const count =
    digits === ""
      ? question || kind === "b"
        ? 1
        : kind === "O" || kind === "M" || kind === "m"
          ? 8
          : 0
      : Number(digits);
  const allowed = widths[kind];
  if (allowed && !allowed.includes(count)) return null;
  const order = ownOrder || byteOrder || "|";
  const mark = order === "=" ? "<" : order;
  const code = `${kind}${kind === "O" ? "" : count}${unit}`;
  return {
    descr: `${mark}${code}`,
    name: nameOf(kind, count, unit, `${mark}${code}`),
    kind,
    itemSize: kind === "U" ? count * 4 : count,
    littleEndian: mark !== ">",
  };
}

function nameOf(kind: DtypeKind, count: number, unit: string, descr: string): string {
  if (kind === "b") return "bool";
  if (kind === "O") return "object";
  if (kind === "M") return `datetime64${unit}`;
  if (kind === "m") return `timedelta64${unit}`;
  const word = words[kind];
  return word ? `${word}${count * 8}` : descr;
}
