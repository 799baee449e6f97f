/** What may be written in a filter of one list. */
export interface FilterWords {
  /** Fields; those that hold named values end with a dot (`params.`). */
  fields: readonly string[];
  /** Names below such a field: `{params: ["train_sgd.alpha"]}`. */
  names: Readonly<Record<string, readonly string[]>>;
  /** Values of a field, where there are few: `{status: ["failed", …]}`. */
  values: Readonly<Record<string, readonly string[]>>;
}

export interface Completion {
  /** The part of the text that a choice replaces. */
  from: number;
  to: number;
  options: { insert: string; label: string }[];
}

interface Piece {
  text: string;
  from: number;
  to: number;
  operator: boolean;
}

const operators = ["=", "!=", "<", "<=", ">", ">=", "~", "in (", "exists"];
const mostOptions = 12;

/** What could stand where the caret is: the rest of the word being written, an operator after a field, a value after an operator. */
export function completeFilter(text: string, caret: number, words: FilterWords): Completion {
  const pieces = cutPieces(text.slice(0, caret));
  const typed = pieces.at(-1)?.to === caret && !pieces.at(-1)?.operator ? pieces.pop() : undefined;
  const before = pieces.at(-1);
  const from = typed?.from ?? caret;
  const written = typed?.text ?? "";
  const answer = (options: Completion["options"]) => ({ from, to: caret, options: options.slice(0, mostOptions) });

  if (before?.operator) {
    const field = (pieces.at(-2)?.text ?? "").toLowerCase();
    return answer(
      matching(words.values[field] ?? [], unquote(written)).map((value) => ({
        insert: `${quoteWhereNeeded(value)} `,
        label: value,
      })),
    );
  }
  if (!typed && before && isField(before.text, words)) {
    return answer(
      operators.map((operator) => ({ insert: operator.endsWith("(") ? operator : `${operator} `, label: operator })),
    );
  }
  const dot = written.indexOf(".");
  const group = dot < 0 ? "" : written.slice(0, dot);
  if (words.names[group]) {
    const names = matching(words.names[group], unquote(written.slice(dot + 1)));
    return answer(names.map((name) => ({ insert: `${group}.${quoteName(group, name)} `, label: `${group}.${name}` })));
  }
  if (written === "" && pieces.length > 0) return answer([]);
  return answer(
    matching(words.fields, written).map((field) => ({
      insert: field.endsWith(".") ? field : `${field} `,
      label: field,
    })),
  );
}

/** Best first: what begins with the words, then what contains them. */
function matching(all: readonly string[], written: string): string[] {
  const wanted = written.toLowerCase();
  const begins = all.filter((one) => one.toLowerCase().startsWith(wanted));
  const contains = all.filter((one) => !one.toLowerCase().startsWith(wanted) && one.toLowerCase().includes(wanted));
  return [...begins, ...contains].filter((one) => one !== written);
}

/** Words (with their quoted parts) and operators, in order. */
function cutPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const from = at;
    if (/[\s(),]/.test(text[at] ?? "")) at += 1;
    else if (/[=!<>~]/.test(text[at] ?? "")) {
      while (/[=!<>~]/.test(text[at] ?? "")) at += 1;
      pieces.push({ text: text.slice(from, at), from, to: at, operator: true });
    } else {
      at = endOfWord(text, at);
      pieces.push({ text: text.slice(from, at), from, to: at, operator: false });
    }
  }
  return pieces;
}

function endOfWord(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && /[\s(),=!<>~]/.test(character)) return at;
  }
  return text.length;
}

function isField(text: string, words: FilterWords): boolean {
  const group = text.split(".", 1)[0] ?? "";
  return words.fields.includes(text) || (text.includes(".") && words.names[group] !== undefined);
}

function unquote(text: string): string {
  return text.replace(/^"/, "").replace(/"$/, "");
}

/** A value as a filter takes it: bare where it is one plain word, quoted otherwise. */
export function quoteWhereNeeded(value: string): string {
  return /^[\p{L}\p{N}_.+-]+$/u.test(value) && !/^(and|or|not|in|exists)$/i.test(value) ? value : quote(value);
}

function quoteName(group: string, name: string): string {
  const plain = /^[\p{L}\p{N}_.-]+$/u.test(name) && !(group === "metrics" && /\.(last|min|max)$/.test(name));
  return plain ? name : quote(name);
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
