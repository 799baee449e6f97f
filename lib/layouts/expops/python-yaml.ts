import { isScalar, parseDocument, type ScalarTag, visit } from "yaml";
import type { PlainValue } from "../../domain/values.ts";

export interface YamlReading {
  /** `undefined`: the text cannot be read (`problems` says why). */
  value: PlainValue | undefined;
  problems: string[];
}

const mostAliases = 1_000;
const mostNodes = 100_000;
const deepest = 100;

/**
 * Reads YAML as Python's `yaml.safe_load` does, since that is what the values were when the run got them: `yes` is true,
 * `1e-3` is text, `010` is 8 (YAML 1.1 with PyYAML's own patterns, https://github.com/yaml/pyyaml/blob/6.0.3/lib/yaml/resolver.py).
 * Dates stay text. Never throws; refuses alias bombs and nesting beyond 100. A key given twice keeps its last value, with a problem said.
 */
export function readPythonYaml(text: string): YamlReading {
  const problems: string[] = [];
  try {
    const document = parseDocument(text, {
      schema: "failsafe",
      customTags: pythonScalars,
      merge: true,
      // The parser's own check compares every key with every other one.
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
    });
    const broken = document.errors[0];
    if (broken)
      return {
        value: undefined,
        problems: [`not valid YAML near character ${broken.pos[0]}: ${broken.message.slice(0, 200)}`],
      };
    visit(document, {
      Map: (_, map) => {
        const repeated = findRepeatedKey(map.items.map((pair) => pair.key));
        if (repeated !== null) problems.push(`the key ${JSON.stringify(repeated)} is given twice; the last one counts`);
      },
    });
    const budget = { nodes: mostNodes };
    return { value: toPlain(document.toJS({ mapAsMap: true, maxAliasCount: mostAliases }), budget, 0), problems };
  } catch (error) {
    return {
      value: undefined,
      problems: [`cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : "unknown reason"}`],
    };
  }
}

function findRepeatedKey(keys: readonly unknown[]): string | null {
  const seen = new Set<string>();
  for (const key of keys) {
    const name = isScalar(key) ? String(key.source ?? key.value) : null;
    if (name === null || name === "<<") continue;
    if (seen.has(name)) return name.slice(0, 100);
    seen.add(name);
  }
  return null;
}

function toPlain(value: unknown, budget: { nodes: number }, depth: number): PlainValue {
  if (--budget.nodes < 0) throw new Error(`it has more than ${mostNodes} values`);
  if (depth > deepest) throw new Error(`it is nested deeper than ${deepest} levels`);
  if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => toPlain(item, budget, depth + 1));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [nameOf(key), toPlain(item, budget, depth + 1)]));
  }
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  return String(value);
}

function nameOf(key: unknown): string {
  return typeof key === "object" && key !== null ? "(a key that is no scalar)" : String(key);
}

const pythonScalars: ScalarTag[] = [
  { tag: "tag:yaml.org,2002:null", default: true, test: /^(?:~|null|Null|NULL|)$/, resolve: () => null },
  {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    resolve: (text) => /^(?:yes|true|on)$/i.test(text),
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    resolve: readInteger,
  },
  {
    tag: "tag:yaml.org,2002:float",
    default: true,
    test: /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    resolve: readFloat,
  },
];

function readInteger(text: string): number | bigint | string {
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "");
  if (digits.length > 1_000) return text;
  if (digits.includes(":")) return signed(text, readBase60(digits));
  const size = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits);
  return signed(text, size <= Number.MAX_SAFE_INTEGER ? Number(size) : size);
}

function readFloat(text: string): number {
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "").toLowerCase();
  if (digits === ".nan") return Number.NaN;
  if (digits === ".inf") return signed(text, Number.POSITIVE_INFINITY);
  return signed(text, digits.includes(":") ? readBase60(digits) : Number(digits));
}

/** `1:30` is ninety: a time of day in YAML 1.1. */
function readBase60(digits: string): number {
  return digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function signed<Size extends number | bigint>(text: string, size: Size): Size {
  return (text.startsWith("-") ? -size : size) as Size;
}
