import type { Preview, StructureNode } from "../domain/preview.ts";
import type { PlainValue } from "../domain/values.ts";
import { type ByteSource, readRange } from "./byte-source.ts";
import { parseTolerantJson } from "./json.ts";
import { clip, NodeBudget, showChildren } from "./structure.ts";
import { decodeText, type TextEncoding } from "./text.ts";

const parseBytes = 8 * 2 ** 20;
const textLength = 262_144;

/** JSON as its text and its structure. `problem` says where the text stops being JSON; the structure then shows what came before. */
export async function previewJson(
  source: ByteSource,
  encoding: TextEncoding,
): Promise<Extract<Preview, { kind: "json" }>> {
  const bytes = await readRange(source, 0, parseBytes);
  const text = decodeText(bytes, encoding);
  const { value, problem } = parseTolerantJson(text);
  const cut = bytes.length < source.size;
  const said = cut
    ? `The first ${bytes.length} of ${source.size} bytes were read.`
    : problem && `${problem.message} (character ${problem.position})`;
  return {
    kind: "json",
    truncated: cut || text.length > textLength,
    text: text.slice(0, textLength),
    ...(said && { problem: said }),
    root: describeValue(value),
  };
}

/** The bounded structure of a plain value. */
export function describeValue(root: PlainValue): StructureNode {
  const budget = new NodeBudget();
  const describe = (value: PlainValue, depth: number): StructureNode => {
    if (Array.isArray(value)) {
      const children = showChildren(value, depth, budget, (item, at) => ({
        name: String(at),
        ...describe(item, depth + 1),
      }));
      return { type: "list", size: value.length, children };
    }
    if (typeof value === "object" && value !== null) {
      const names = Object.keys(value);
      const children = showChildren(names, depth, budget, (name) => ({
        name: clip(name),
        ...describe(value[name] as PlainValue, depth + 1),
      }));
      return { type: "dict", size: names.length, children };
    }
    if (typeof value === "string") return { type: "str", text: clip(value), size: value.length };
    if (value === null) return { type: "null", text: "null" };
    return {
      type:
        typeof value === "boolean" ? "bool" : typeof value === "bigint" || Number.isInteger(value) ? "int" : "float",
      text: String(value),
    };
  };
  return describe(root, 0);
}
