import type { StructureNode } from "../../domain/preview.ts";
import { readNumbers } from "../numpy-elements.ts";
import { clip, NodeBudget, showChildren } from "../structure.ts";
import { readShape } from "./joblib.ts";
import {
  type DictNode,
  isKind,
  isNode,
  isSequence,
  memberOf,
  type ObjectNode,
  type PickleNode,
  type PickleValue,
} from "./nodes.ts";
import { bytesOf, describeDtype } from "./numpy.ts";

interface Member {
  name: string;
  value: PickleValue;
}

/** The bounded structure of what a pickle holds: containers, scalars, arrays by dtype and shape, objects by class. */
export function describePickle(root: PickleValue): StructureNode {
  const budget = new NodeBudget();
  const open = new Set<PickleNode>();
  const describe = (value: PickleValue, depth: number): StructureNode => {
    if (!isNode(value)) return describeScalar(value);
    if (open.has(value)) return { type: "cycle", text: "the same object further up" };
    const { members, ...node } = describeNode(value);
    if (members.length === 0) return node;
    open.add(value);
    const children = showChildren(members, depth, budget, (member) => ({
      name: clip(member.name),
      ...describe(member.value, depth + 1),
    }));
    open.delete(value);
    return { ...node, children };
  };
  return describe(root, 0);
}

function describeScalar(value: Exclude<PickleValue, PickleNode>): StructureNode {
  if (value === null) return { type: "None", text: "None" };
  if (typeof value === "string") return { type: "str", text: clip(value), size: value.length };
  if (typeof value === "boolean") return { type: "bool", text: value ? "True" : "False" };
  return { type: "int", text: clip(String(value)) };
}

function describeNode(node: PickleNode): StructureNode & { members: Member[] } {
  switch (node.kind) {
    case "float":
      return { type: "float", text: spellFloat(node.value), members: [] };
    case "text":
      return { type: "str", text: clip(node.head), size: node.bytes, members: [] };
    case "huge-int":
      return { type: "int", text: `an integer of ${node.bytes} bytes`, members: [] };
    case "bytes":
    case "bytearray":
      return { type: node.kind, text: `${node.bytes.length} bytes`, size: node.bytes.length, members: [] };
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
      return { type: node.kind, size: node.items.length, members: indexed(node.items) };
    case "dict":
      return { type: "dict", size: node.entries.length, members: named(node.entries) };
    case "global":
      return { type: "import", text: clip(`${node.module}.${node.name}`), members: [] };
    case "persistent":
      return { type: "persistent id", members: [{ name: "id", value: node.id }] };
    case "extension":
      return { type: "extension", text: `registered code ${node.code}`, members: [] };
    case "buffer":
      return { type: "buffer", text: "kept outside the pickle", members: [] };
    case "object":
      return describeObject(node);
  }
}

function describeObject(node: ObjectNode): StructureNode & { members: Member[] } {
  const bytes = bytesOf(node);
  if (bytes) return describeNode({ kind: "bytes", bytes });
  return describeArray(node) ?? describeNumpyScalar(node) ?? describeInstance(node);
}

/** Arrays as joblib stores them, as `_reconstruct` with a state, and as `_frombuffer` (protocol 5). */
function describeArray(node: ObjectNode): (StructureNode & { members: Member[] }) | null {
  const callee = calleeOf(node);
  const state = node.states.at(-1);
  let dtype: PickleValue | undefined;
  let shape: PickleValue | undefined;
  if (node.inline && isKind(state, "dict")) [dtype, shape] = [memberOf(state, "dtype"), memberOf(state, "shape")];
  else if (callee === "_reconstruct" && isKind(state, "tuple")) [, shape, dtype] = state.items;
  else if (callee === "_frombuffer" && isKind(node.args, "tuple")) [, dtype, shape] = node.args.items;
  const sides = readShape(shape);
  if (!sides) return null;
  const tuple = sides.length === 1 ? `(${sides[0]},)` : `(${sides.join(", ")})`;
  const nested = node.inline && "nested" in node.inline ? [{ name: "elements", value: node.inline.nested }] : [];
  return { type: "ndarray", text: `${describeDtype(dtype)?.name ?? "unknown dtype"} ${tuple}`, members: nested };
}

/** `numpy.float64(0.93)`: `scalar(dtype, bytes)`. */
function describeNumpyScalar(node: ObjectNode): (StructureNode & { members: Member[] }) | null {
  if (calleeOf(node) !== "scalar" || !isKind(node.args, "tuple")) return null;
  const [dtypeValue, raw] = node.args.items;
  const dtype = describeDtype(dtypeValue);
  if (!dtype) return null;
  const bytes = bytesOf(raw);
  const value = bytes && dtype.plain ? readNumbers(bytes, dtype.plain)?.[0] : undefined;
  return { type: dtype.name, ...(value !== undefined && { text: String(value) }), members: [] };
}

function describeInstance(node: ObjectNode): StructureNode & { members: Member[] } {
  const className = classOf(node);
  const shortName = className?.slice(className.lastIndexOf(".") + 1);
  const state = node.states.at(-1);
  const attributes = isKind(state, "dict")
    ? state
    : isKind(state, "tuple")
      ? state.items.findLast((each) => isKind(each, "dict"))
      : undefined;
  const version = isKind(attributes, "dict") ? memberOf(attributes, "_sklearn_version") : undefined;
  const members: Member[] = [];
  for (const [at, each] of argumentsOf(node).entries()) members.push({ name: `argument ${at + 1}`, value: each });
  if (className === undefined) members.unshift({ name: "callable", value: node.callable });
  members.push(...indexed(node.items), ...named(node.entries));
  for (const each of node.states) {
    if (isKind(each, "dict")) members.push(...named(each.entries));
    else members.push({ name: "state", value: each });
  }
  const text =
    className === undefined
      ? "the result of a call"
      : clip(className) + (typeof version === "string" ? ` · scikit-learn ${clip(version)}` : "");
  const size =
    argumentsOf(node).length +
    node.items.length +
    node.entries.length +
    node.states.reduce<number>(
      (sum, each) => sum + (isKind(each, "dict") ? each.entries.length : 1),
      className === undefined ? 1 : 0,
    );
  return { type: shortName === undefined ? "object" : clip(shortName, 60), text, size, members };
}

/** The class an object is made of: what is called, or the first argument of Python's own object makers. */
function classOf(node: ObjectNode): string | undefined {
  const makers = [
    "copyreg._reconstructor",
    "copy_reg._reconstructor",
    "copyreg.__newobj__",
    "copy_reg.__newobj__",
    "copyreg.__newobj_ex__",
  ];
  const called = fullName(node.callable);
  if (called === undefined || !makers.includes(called)) return called;
  return isKind(node.args, "tuple") ? (fullName(node.args.items[0]) ?? called) : called;
}

/** The arguments that say something: not the class given to Python's own object makers. */
function argumentsOf(node: ObjectNode): PickleValue[] {
  if (!isSequence(node.args)) return node.args === null ? [] : [node.args];
  if (classOf(node) === fullName(node.callable)) return node.args.items;
  return calleeOf(node) === "_reconstructor" ? [] : node.args.items.slice(1);
}

function calleeOf(node: ObjectNode): string | undefined {
  return isKind(node.callable, "global") ? node.callable.name : undefined;
}

function fullName(value: PickleValue | undefined): string | undefined {
  return isKind(value, "global") ? `${value.module}.${value.name}` : undefined;
}

function indexed(items: PickleValue[]): Member[] {
  return items.slice(0, 200).map((value, at) => ({ name: String(at), value }));
}

function named(entries: DictNode["entries"]): Member[] {
  return entries.slice(0, 200).map(([key, value]) => ({ name: typeof key === "string" ? key : keyText(key), value }));
}

/** A key that is no text, as Python would print it, roughly. */
function keyText(key: PickleValue): string {
  if (!isNode(key)) return String(describeScalar(key).text);
  if (key.kind === "float") return spellFloat(key.value);
  if (isKind(key, "tuple"))
    return `(${key.items
      .slice(0, 8)
      .map((each) => (isNode(each) ? "…" : String(each)))
      .join(", ")})`;
  return `(${key.kind})`;
}

/** As Python spells it: 1.0, nan, inf. */
function spellFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}
