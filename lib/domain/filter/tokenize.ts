import type { Operator, Span } from "./ast.ts";
import { FilterSyntaxError } from "./syntax-error.ts";

/** A word may hold quoted parts after a dot or a colon: `metrics."val loss".min`. */
export interface WordPart {
  text: string;
  quoted: boolean;
}
export type Token =
  | ({ type: "word"; parts: WordPart[]; text: string } & Span)
  | ({ type: "quoted"; text: string } & Span)
  | ({ type: "operator"; operator: Operator } & Span)
  | ({ type: "(" | ")" | "," | "end" } & Span);

/** Longer ones first, as they are looked for. */
export const operators: readonly Operator[] = ["!=", "<=", ">=", "=", "<", ">", "~"];
const breaks = new Set(["(", ")", ",", '"', "=", "!", "<", ">", "~"]);

/** Cuts a filter into tokens, in one pass; the last one is `end`. Throws `FilterSyntaxError`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (isBlank(char)) {
      at += 1;
      continue;
    }
    const token = readToken(text, at, char);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ type: "end", position: text.length, end: text.length });
  return tokens;
}

function readToken(text: string, at: number, char: string): Token {
  if (char === "(" || char === ")" || char === ",") return { type: char, position: at, end: at + 1 };
  const operator = operators.find((candidate) => text.startsWith(candidate, at));
  if (operator) return { type: "operator", operator, position: at, end: at + operator.length };
  if (char === "!") throw new FilterSyntaxError(at, ["!="], "A single ! means nothing here.");
  if (char === '"' || char === "'") {
    const { text: content, end } = readQuoted(text, at);
    return { type: "quoted", text: content, position: at, end };
  }
  return readWord(text, at);
}

function readWord(text: string, position: number): Token {
  const parts: WordPart[] = [];
  let at = position;
  let start = position;
  const flush = () => {
    if (at > start) parts.push({ text: text.slice(start, at), quoted: false });
  };
  while (at < text.length) {
    const char = text[at]!;
    const joins = at > start && (text[at - 1] === "." || text[at - 1] === ":");
    if ((char === '"' || char === "'") && joins) {
      flush();
      const quoted = readQuoted(text, at);
      parts.push({ text: quoted.text, quoted: true });
      at = quoted.end;
      start = at;
      if (text[at] !== ".") break;
      at += 1;
    } else if (isBlank(char) || breaks.has(char)) break;
    else at += 1;
  }
  flush();
  return { type: "word", parts, text: parts.map((part) => part.text).join(""), position, end: at };
}

function readQuoted(text: string, position: number): { text: string; end: number } {
  const quote = text[position];
  let content = "";
  for (let at = position + 1; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === quote) return { text: content, end: at + 1 };
    const next = text[at + 1];
    if (char === "\\" && (next === quote || next === "\\")) {
      content += next;
      at += 1;
    } else content += char;
  }
  throw new FilterSyntaxError(position, [`a closing ${quote}`], "This quote is never closed.");
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r" || char === "\u00a0";
}
