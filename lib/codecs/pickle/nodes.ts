/** What a pickle holds, as inert data: nothing here was imported, called or built. */
export type PickleValue = null | boolean | number | bigint | string | PickleNode;

/** `int` is a JavaScript number or bigint; a float is a node of its own, so that 1 and 1.0 stay different. */
export type PickleNode =
  | { kind: "float"; value: number }
  /** A string too long to keep whole. */
  | { kind: "text"; head: string; bytes: number }
  /** An integer too long to show. */
  | { kind: "huge-int"; bytes: number }
  | { kind: "bytes" | "bytearray"; bytes: Uint8Array }
  | SequenceNode
  | DictNode
  | GlobalNode
  | ObjectNode
  /** Left to the program that loads the pickle: an id, a registered extension, an out-of-band buffer. */
  | { kind: "persistent"; id: PickleValue }
  | { kind: "extension"; code: number }
  | { kind: "buffer" };

export interface SequenceNode {
  kind: "list" | "tuple" | "set" | "frozenset";
  items: PickleValue[];
}
export interface DictNode {
  kind: "dict";
  entries: [PickleValue, PickleValue][];
}
/** A name that loading would import. `computed` when the pickle builds the name instead of spelling it. */
export interface GlobalNode {
  kind: "global";
  module: string;
  name: string;
  computed: boolean;
}
/** A call that loading would make, with what it would then set on the result. */
export interface ObjectNode {
  kind: "object";
  callable: PickleValue;
  args: PickleValue;
  states: PickleValue[];
  items: PickleValue[];
  entries: [PickleValue, PickleValue][];
  /** Raw bytes of an array that follow the object in the stream (joblib), or the pickle nested there. */
  inline?: { offset: number; bytes: number } | { nested: PickleValue };
}

export function isNode(value: PickleValue | undefined): value is PickleNode {
  return typeof value === "object" && value !== null;
}

export function isKind<K extends PickleNode["kind"]>(
  value: PickleValue | undefined,
  kind: K,
): value is PickleNode & { kind: K } {
  return isNode(value) && value.kind === kind;
}

export function isSequence(value: PickleValue | undefined): value is SequenceNode {
  return (
    isNode(value) &&
    (value.kind === "list" || value.kind === "tuple" || value.kind === "set" || value.kind === "frozenset")
  );
}

export function makeObject(callable: PickleValue, args: PickleValue): ObjectNode {
  return { kind: "object", callable, args, states: [], items: [], entries: [] };
}

/** The last value a dict holds under a string key, as loading would leave it. */
export function memberOf(dict: DictNode, name: string): PickleValue | undefined {
  return dict.entries.findLast(([key]) => key === name)?.[1];
}

/** Direct parts of a value in the order they were written. */
export function partsOf(node: PickleNode): PickleValue[] {
  switch (node.kind) {
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
      return node.items;
    case "dict":
      return node.entries.flat();
    case "object": {
      const nested = node.inline && "nested" in node.inline ? [node.inline.nested] : [];
      return [node.callable, node.args, ...node.states, ...nested].concat(node.items, node.entries.flat());
    }
    case "persistent":
      return [node.id];
    default:
      return [];
  }
}
