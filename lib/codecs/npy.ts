import type { Preview } from "../domain/preview.ts";
import { type ByteSource, readRange } from "./byte-source.ts";
import { type Dtype, parseDtype } from "./numpy-dtype.ts";
import { numberReader, readNumbers, readTexts, summarize } from "./numpy-elements.ts";

export type ArrayPreview = Extract<Preview, { kind: "array" }>["arrays"][number];

export interface ArrayWindow {
  /** First element, counted in the order they are stored. */
  offset: number;
  /** Most elements to give. */
  limit: number;
  /** Most bytes to read for the statistics; a larger array has none. */
  statisticsBytes: number;
}

interface NpyHeader {
  descr: string;
  /** Null for a record of named members, and for what numpy has no name for. */
  dtype: Dtype | null;
  shape: bigint[];
  order: "C" | "F";
  dataStart: number;
}

/** numpy itself refuses to evaluate longer ones (`max_header_size` is 10,000). */
const maxHeaderBytes = 16_384;
const maxDimensions = 64;
const maxTextBytes = 65_536;

/**
 * One array of a `.npy` file: header, the asked elements, statistics. Arrays of Python objects are pickles and are not
 * decoded. Never throws for bad bytes: what is wrong stands in `problem`.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export async function readNpy(source: ByteSource, name: string, window: ArrayWindow): Promise<ArrayPreview> {
  const head = await readRange(source, 0, maxHeaderBytes + 12);
  const header = readHeader(head);
  if (typeof header === "string") {
    return { name, dtype: "unknown", shape: [], order: "C", bytes: source.size, problem: header };
  }
  const { dtype, shape, order, dataStart } = header;
  const announced = shape.reduce((product, side) => product * side, BigInt(dtype?.itemSize ?? 0));
  const available = Math.max(0, source.size - dataStart);
  const bytes = dtype && announced <= Number.MAX_SAFE_INTEGER ? Number(announced) : available;
  const about = { name, dtype: dtype?.name ?? header.descr, shape: shape.map(Number), order, bytes };
  if (!dtype) return { ...about, problem: "A record of named members is not drawn." };
  if (dtype.kind === "O") return { ...about, problem: "It holds Python objects, which are never decoded." };
  const size = dtype.itemSize;
  const whole = announced <= BigInt(available);
  const problem = whole
    ? undefined
    : `It ends at byte ${source.size}: ${announced} bytes of data are announced, ${available} are there.`;
  const elements = size === 0 ? 0 : Math.floor(Math.min(bytes, available) / size);
  const textual = numberReader(dtype) === null;
  const most = textual ? Math.floor(maxTextBytes / Math.max(1, size)) : window.limit;
  const count = Math.max(0, Math.min(window.limit, most, elements - window.offset));
  const part = await readRange(source, dataStart + window.offset * size, count * size);
  const values = readNumbers(part, dtype);
  const texts = readTexts(part, dtype);
  const statistics =
    whole && bytes <= window.statisticsBytes ? summarize(await readRange(source, dataStart, bytes), dtype) : null;
  return {
    ...about,
    ...(values && { values }),
    ...(texts && { texts }),
    ...(statistics && bytes > 0 && { statistics }),
    ...(problem !== undefined && { problem }),
  };
}

/** The header, or why there is none. */
function readHeader(head: Buffer): NpyHeader | string {
  if (!isNpy(head)) return "It does not begin as a numpy array does.";
  const major = head[6] ?? 0;
  if (major < 1 || major > 3) return `Version ${major} of the format is not known.`;
  const start = major === 1 ? 10 : 12;
  if (head.length < start) return `It ends at byte ${head.length} inside the header.`;
  const length = major === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > maxHeaderBytes) return `Its header announces ${length} bytes; at most ${maxHeaderBytes} are read.`;
  if (head.length < start + length) return `It ends at byte ${head.length} inside the header.`;
  const text = head.toString(major === 3 ? "utf8" : "latin1", start, start + length);
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[.*\])\s*,\s*'(?:fortran_order|shape)')/s.exec(text);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const sides = /'shape'\s*:\s*\(([\dL,\s]*)\)/.exec(text)?.[1];
  const shape = sides?.match(/\d+/g) ?? [];
  if (
    !descr ||
    !fortran ||
    sides === undefined ||
    shape.length > maxDimensions ||
    shape.some((side) => side.length > 20)
  ) {
    return "Its header is not one that numpy writes.";
  }
  return {
    descr: (descr[1] ?? descr[2] ?? "").slice(0, 200),
    dtype: descr[1] === undefined ? null : parseDtype(descr[1]),
    shape: shape.map(BigInt),
    order: fortran[1] === "True" ? "F" : "C",
    dataStart: start + length,
  };
}

/** True for the first bytes of a `.npy` file. */
export function isNpy(head: Uint8Array): boolean {
  return head.length >= 8 && head[0] === 0x93 && Buffer.from(head.subarray(1, 6)).toString("latin1") === "NUMPY";
}
