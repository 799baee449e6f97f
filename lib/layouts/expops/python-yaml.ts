import {
  defineScalarTag,
  FAILSAFE_SCHEMA,
  type LoadOptions,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  omapTag,
  pairsTag,
  realMapTag,
  setTag,
  YAMLException,
} from "js-yaml";
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
  try {
    return { value: readDocument(text, strict), problems: [] };
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== "duplicated mapping key") return unread(error);
    try {
      const line = error.mark ? ` in line ${error.mark.line + 1}` : "";
      return {
        value: readDocument(text, { ...strict, json: true }),
        problems: [`the key${line} is given twice; the last one counts`],
      };
    } catch (second) {
      return unread(second);
    }
  }
}

function readDocument(text: string, options: LoadOptions): PlainValue {
  const documents = loadAll(text, options);
  if (documents.length > 1) throw new Error("it holds more than one document");
  return toPlain(documents[0], { nodes: mostNodes }, 0);
}

function unread(error: unknown): YamlReading {
  if (error instanceof YAMLException) {
    const place = error.mark ? ` near line ${error.mark.line + 1}, column ${error.mark.column + 1}` : "";
    return { value: undefined, problems: [`not valid YAML${place}: ${error.reason.slice(0, 200)}`] };
  }
  const reason = error instanceof Error ? error.message.slice(0, 200) : "unknown reason";
  return { value: undefined, problems: [`cannot be read: ${reason}`] };
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

/** Tags that `safe_load` knows beside these three, all of which stay text here. */
const asText = ["binary", "timestamp"].map((name) =>
  defineScalarTag(`tag:yaml.org,2002:${name}`, { resolve: (text) => text, identify: () => false }),
);

/** What a plain scalar that matches `pattern` is, or one with this tag. `first`: what it may begin with. */
function pythonScalar(name: string, first: readonly string[], pattern: RegExp, read: (text: string) => PlainValue) {
  return defineScalarTag<PlainValue>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars: first,
    resolve: (text, isExplicit) => (isExplicit || pattern.test(text) ? read(text) : NOT_RESOLVED),
    identify: () => false,
  });
}

const decimals = [..."0123456789"];
const strict: LoadOptions = {
  maxDepth: deepest,
  maxAliases: mostAliases,
  schema: FAILSAFE_SCHEMA.withTags(
    pythonScalar("null", ["", "~", "n", "N"], /^(?:~|null|Null|NULL|)$/, () => null),
    pythonScalar(
      "bool",
      [..."yYnNtTfFoO"],
      /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
      (text) => /^(?:yes|true|on)$/i.test(text),
    ),
    pythonScalar(
      "int",
      ["-", "+", ...decimals],
      /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
      readInteger,
    ),
    pythonScalar(
      "float",
      ["-", "+", ".", ...decimals],
      /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
      readFloat,
    ),
    mergeTag,
    realMapTag,
    setTag,
    omapTag,
    pairsTag,
    asText,
  ),
};
