import {
  type FilterField,
  type FilterList,
  fieldNames,
  keyedFields,
  type MetricStat,
  type PlainFieldName,
  ruleOf,
} from "./fields.ts";
import { FilterSyntaxError } from "./syntax-error.ts";
import type { Token } from "./tokenize.ts";

export type Word = Extract<Token, { type: "word" }>;

/** The unquoted beginning of a word, where a field's name stands. */
export function headOf(word: Word): string {
  return word.parts[0]?.quoted === false ? word.parts[0].text : "";
}

/** True for `params.alpha` and its like: no free word, whatever follows. */
export function namesKeyedField(word: Word): boolean {
  const [name, ...rest] = headOf(word).split(".");
  return rest.length > 0 && Object.hasOwn(keyedFields, name!);
}

/** The field that a word names. Throws `FilterSyntaxError` when there is none, or none of this list. */
export function readField(word: Word, list: FilterList): FilterField {
  const head = headOf(word);
  const dot = head.indexOf(".");
  const name = dot < 0 ? head : head.slice(0, dot);
  const rule = ruleOf(name);
  if (!rule || (word.text !== name && !isKeyed(name))) {
    throw new FilterSyntaxError(word.position, fieldNames(list), `There is no field "${word.text.slice(0, 40)}".`);
  }
  if (!rule.lists.includes(list)) throw misplacedField(word.position, name, list);
  if (!isKeyed(name)) return { name: name as PlainFieldName };
  const { key, stat } = readKey(word, name, dot);
  if (key) return { name, key, stat: stat ?? "last" };
  throw new FilterSyntaxError(
    word.end,
    [`${name}.<name>`],
    `After ${name}. the name of one of its values should stand.`,
  );
}

export function misplacedField(position: number, name: string, list: FilterList): FilterSyntaxError {
  return new FilterSyntaxError(position, fieldNames(list), `"${name}" is no field of ${list}.`);
}

function isKeyed(name: string): name is keyof typeof keyedFields {
  return Object.hasOwn(keyedFields, name);
}

/** What stands after the first dot: a name, quoted or not, and for a metric which of its figures. */
function readKey(word: Word, field: string, dot: number): { key: string | null; stat: MetricStat | null } {
  const [head, quoted, tail] = word.parts;
  if (dot < 0 || !head) return { key: null, stat: null };
  if (quoted) {
    const stat = tail ? statOf(field, tail.text.slice(1)) : null;
    const sound = head.text.length === dot + 1 && (!tail || stat !== null);
    return { key: sound ? quoted.text : null, stat };
  }
  const text = head.text.slice(dot + 1);
  const last = text.lastIndexOf(".");
  const stat = last > 0 ? statOf(field, text.slice(last + 1)) : null;
  return { key: stat ? text.slice(0, last) : text, stat };
}

function statOf(field: string, word: string): MetricStat | null {
  return field === "metrics" && (word === "last" || word === "min" || word === "max") ? word : null;
}
