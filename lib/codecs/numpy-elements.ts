import type { Dtype } from "./numpy-dtype.ts";

/** A number as JSON carries it: NaN and the infinities are spelled, integers beyond 2^53 are decimal strings. */
export type SpelledNumber = number | string;

export interface ArrayStatistics {
  /** Over the finite elements; `NaN` when there is none. */
  min: SpelledNumber;
  max: SpelledNumber;
  mean: SpelledNumber;
  nonFinite: number;
}

/** One element longer than this is no word to be listed. */
const maxTextBytes = 65_536;

type ReadElement = (view: DataView, at: number) => number | bigint;

export function spellNumber(value: number | bigint): SpelledNumber {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return Number.isFinite(value) ? value : String(value);
}

/** How one element is read as a number; null where it is none (text, records, complex) or has no such type here (long double). */
export function numberReader(dtype: Dtype): ReadElement | null {
  const little = dtype.littleEndian;
  const { kind } = dtype;
  switch (`${kind === "M" || kind === "m" ? "i" : kind}${dtype.itemSize}`) {
    case "b1":
    case "u1":
      return (view, at) => view.getUint8(at);
    case "i1":
      return (view, at) => view.getInt8(at);
    case "u2":
      return (view, at) => view.getUint16(at, little);
    case "i2":
      return (view, at) => view.getInt16(at, little);
    case "u4":
      return (view, at) => view.getUint32(at, little);
    case "i4":
      return (view, at) => view.getInt32(at, little);
    case "u8":
      return (view, at) => view.getBigUint64(at, little);
    case "i8":
      return (view, at) => view.getBigInt64(at, little);
    case "f2":
      return (view, at) => readHalf(view.getUint16(at, little));
    case "f4":
      return (view, at) => view.getFloat32(at, little);
    case "f8":
      return (view, at) => view.getFloat64(at, little);
    default:
      return null;
  }
}

/** IEEE 754 binary16. */
function readHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The elements as numbers in the order they are stored; null where they are no numbers. */
export function readNumbers(bytes: Uint8Array, dtype: Dtype): SpelledNumber[] | null {
  const read = numberReader(dtype);
  if (!read) return null;
  const view = viewOf(bytes);
  return Array.from({ length: Math.floor(bytes.length / dtype.itemSize) }, (_, at) =>
    spellNumber(read(view, at * dtype.itemSize)),
  );
}

/** The elements as short texts; null where they are neither text nor complex numbers. */
export function readTexts(bytes: Uint8Array, dtype: Dtype): string[] | null {
  const read = dtype.itemSize > 0 && dtype.itemSize <= maxTextBytes ? textReader(dtype) : null;
  if (!read) return null;
  const view = viewOf(bytes);
  return Array.from({ length: Math.floor(bytes.length / dtype.itemSize) }, (_, at) => read(view, at * dtype.itemSize));
}

function textReader(dtype: Dtype): ((view: DataView, at: number) => string) | null {
  const little = dtype.littleEndian;
  if (dtype.kind === "U") return (view, at) => readWideText(view, at, dtype);
  if (dtype.kind === "S") {
    return (view, at) => trimZeros(Buffer.from(view.buffer, view.byteOffset + at, dtype.itemSize).toString("latin1"));
  }
  if (dtype.kind !== "c" || dtype.itemSize > 16) return null;
  const half = dtype.itemSize / 2;
  const part = (view: DataView, at: number) => (half === 4 ? view.getFloat32(at, little) : view.getFloat64(at, little));
  return (view, at) => {
    const imaginary = part(view, at + half);
    return `${part(view, at)}${imaginary < 0 || Object.is(imaginary, -0) ? "-" : "+"}${Math.abs(imaginary)}j`;
  };
}

/** numpy keeps text as UTF-32, filled with zeros. */
function readWideText(view: DataView, at: number, dtype: Dtype): string {
  let text = "";
  for (let offset = 0; offset < dtype.itemSize; offset += 4) {
    const code = view.getUint32(at + offset, dtype.littleEndian);
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  }
  return trimZeros(text);
}

function trimZeros(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

/** Least, largest and mean element; null where the elements are no quantities. */
export function summarize(bytes: Uint8Array, dtype: Dtype): ArrayStatistics | null {
  const read = "MmO".includes(dtype.kind) ? null : numberReader(dtype);
  if (!read) return null;
  const view = viewOf(bytes);
  const size = dtype.itemSize;
  let min: number | bigint | null = null;
  let max: number | bigint | null = null;
  let mean = 0;
  let finite = 0;
  let nonFinite = 0;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const value = read(view, at);
    if (typeof value === "number" && !Number.isFinite(value)) {
      nonFinite++;
      continue;
    }
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
    // A running mean: the sum of the largest doubles would overflow.
    mean += (Number(value) - mean) / ++finite;
  }
  const none = Number.NaN;
  return {
    min: spellNumber(min ?? none),
    max: spellNumber(max ?? none),
    mean: spellNumber(finite ? mean : none),
    nonFinite,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
