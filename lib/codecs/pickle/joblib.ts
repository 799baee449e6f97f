import { type PickleCursor, PickleStop } from "./cursor.ts";
import { isKind, memberOf, type ObjectNode, type PickleValue } from "./nodes.ts";
import { describeDtype } from "./numpy.ts";

/** joblib's stand-in for an array (`joblib/numpy_pickle.py`); also under the copy that scikit-learn once carried. */
export function isArrayWrapper(node: ObjectNode): boolean {
  const { callable } = node;
  return (
    isKind(callable, "global") &&
    callable.name === "NumpyArrayWrapper" &&
    /(^|\.)joblib\.numpy_pickle$/.test(callable.module)
  );
}

/**
 * Steps over the array that joblib writes right after the BUILD of its wrapper: one byte with the length of a padding,
 * the padding, then `product(shape) * itemsize` raw bytes; or a whole pickle when the array holds objects.
 * joblib up to 1.1 has neither that byte nor the padding.
 */
export function skipInlineArray(node: ObjectNode, cursor: PickleCursor, readNested: () => PickleValue): void {
  const start = cursor.position;
  const state = node.states.at(-1);
  const dtype = isKind(state, "dict") ? describeDtype(memberOf(state, "dtype")) : null;
  const shape = isKind(state, "dict") ? readShape(memberOf(state, "shape")) : null;
  if (!isKind(state, "dict") || !dtype || !shape) {
    throw new PickleStop(`array without a readable shape and dtype at byte ${start}`, start);
  }
  if (dtype.hasObjects) {
    node.inline = { nested: readNested() };
    return;
  }
  const alignment = memberOf(state, "numpy_array_alignment_bytes");
  if (alignment !== undefined && alignment !== null) cursor.skip(cursor.byte());
  const bytes = shape.reduce((product, side) => product * BigInt(side), BigInt(dtype.itemSize));
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER))
    throw new PickleStop(`array larger than any file at byte ${start}`, start);
  node.inline = { offset: cursor.position, bytes: Number(bytes) };
  cursor.skip(Number(bytes));
}

/** A shape as loading would see it, or null when it is none. */
export function readShape(value: PickleValue | undefined): number[] | null {
  if (!isKind(value, "tuple")) return null;
  const sides = value.items;
  return sides.every((side) => typeof side === "number" && side >= 0) ? (sides as number[]) : null;
}
