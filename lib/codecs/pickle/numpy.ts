import { type Dtype, parseDtype } from "../numpy-dtype.ts";
import { isKind, type PickleValue } from "./nodes.ts";

export interface PickledDtype {
  name: string;
  /** Bytes of one element. */
  itemSize: number;
  /** True when elements, or members of them, are Python objects. */
  hasObjects: boolean;
  /** Null for a record of named members. */
  plain: Dtype | null;
}

/**
 * Reads a pickled `numpy.dtype(text, …)` with its state `(version, byte order, subarray, names, fields, size, alignment, flags)`;
 * null when the value is none. Flag 1 says that it holds objects (`NPY_ITEM_HASOBJECT`).
 */
export function describeDtype(value: PickleValue | undefined): PickledDtype | null {
  if (!isKind(value, "object") || !isKind(value.callable, "global") || !isKind(value.args, "tuple")) return null;
  if (value.callable.module !== "numpy" || value.callable.name !== "dtype") return null;
  const text = value.args.items[0];
  const state = value.states.at(-1);
  const parts = isKind(state, "tuple") ? state.items : [];
  const plain = typeof text === "string" ? parseDtype(text, typeof parts[1] === "string" ? parts[1] : undefined) : null;
  if (!plain) return null;
  const names = isKind(parts[3], "tuple") ? parts[3].items : null;
  const flags = typeof parts[7] === "number" ? parts[7] : 0;
  return {
    name: names ? `record of ${names.length}` : plain.name,
    itemSize: plain.itemSize,
    hasObjects: plain.kind === "O" || (flags & 1) === 1,
    plain: names ? null : plain,
  };
}

/** Bytes, also as protocols 0 to 2 write them: `_codecs.encode(text, "latin1")`. Null when the value is none. */
export function bytesOf(value: PickleValue | undefined): Uint8Array | null {
  if (isKind(value, "bytes")) return value.bytes;
  if (!isKind(value, "object") || !isKind(value.callable, "global") || !isKind(value.args, "tuple")) return null;
  const [text, encoding] = value.args.items;
  const isEncode = value.callable.module === "_codecs" && value.callable.name === "encode" && encoding === "latin1";
  return isEncode && typeof text === "string" ? Buffer.from(text, "latin1") : null;
}
