import { sniffCompression } from "./compression.ts";
import { type DictNode, isNode, memberOf, type PickleNode, type PickleValue, partsOf } from "./nodes.ts";
import { type PickleLimits, readPickle } from "./reader.ts";

/** Member names by which a system marks a dict as standing for a payload kept elsewhere. */
export interface PayloadMarkers {
  /** Present and `True` when the payload is an array. */
  array: string;
  /** Present and `True` when the payload is a model. */
  model: string;
  uri: string;
  keyPath: string;
  /** A dict in it that tells about the payload, and the member there that is its exact size. */
  about: string;
  bytes: string;
}

export interface PayloadReference {
  kind: "array" | "model";
  uri: string;
  keyPath: string | null;
  /** As it was written; `null`: not told. */
  bytes: number | null;
}

export interface PayloadReferences {
  references: PayloadReference[];
  /** True when the whole pickle was read: what is not among the references is then not referred to. */
  complete: boolean;
  /** Why it is not complete. */
  problem?: string;
}

/**
 * The payloads that a stored result refers to, read without running it. A compressed pickle is not looked into.
 * Never throws for bad bytes.
 */
export function payloadReferences(
  bytes: Uint8Array,
  markers: PayloadMarkers,
  limits: Partial<PickleLimits> = {},
): PayloadReferences {
  const compression = sniffCompression(bytes);
  if (compression) return { references: [], complete: false, problem: `compressed with ${compression}` };
  const reading = readPickle(bytes, limits);
  const { references, problem } = collectReferences(reading.root, markers);
  const reason = reading.problem?.message ?? problem;
  return { references, complete: reason === undefined, ...(reason !== undefined && { problem: reason }) };
}

/** The references within a value that was read. `problem` when a marked dict names no address. */
export function collectReferences(
  root: PickleValue,
  markers: PayloadMarkers,
): { references: PayloadReference[]; problem?: string } {
  const references: PayloadReference[] = [];
  let problem: string | undefined;
  for (const dict of findDicts(
    root,
    (each) => memberOf(each, markers.array) === true || memberOf(each, markers.model) === true,
  )) {
    const uri = memberOf(dict, markers.uri);
    const keyPath = memberOf(dict, markers.keyPath);
    if (typeof uri !== "string") problem = "a payload reference without a readable address";
    else {
      const kind = memberOf(dict, markers.array) === true ? "array" : "model";
      references.push({
        kind,
        uri,
        keyPath: typeof keyPath === "string" ? keyPath : null,
        bytes: sizeIn(dict, markers),
      });
    }
  }
  return { references, ...(problem !== undefined && { problem }) };
}

function sizeIn(dict: DictNode, { about, bytes }: PayloadMarkers): number | null {
  const told = memberOf(dict, about);
  const size = isNode(told) && told.kind === "dict" ? memberOf(told, bytes) : null;
  return typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : null;
}

/** Every dict within a value that satisfies the predicate, each once, in the order they were written. */
export function findDicts(root: PickleValue, predicate: (dict: DictNode) => boolean): DictNode[] {
  const found: DictNode[] = [];
  const seen = new Set<PickleNode>();
  const waiting: PickleValue[] = [root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (!isNode(value) || seen.has(value)) continue;
    seen.add(value);
    if (value.kind === "dict" && predicate(value)) found.push(value);
    const parts = partsOf(value);
    for (let at = parts.length - 1; at >= 0; at--) waiting.push(parts[at] as PickleValue);
  }
  return found;
}
