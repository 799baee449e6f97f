import type { PlainValue } from "../domain/values.ts";

export interface JsonLimits {
  /** Deepest nesting that is still read; readers of the value may recurse that deep without harm. */
  maxDepth: number;
}

export interface JsonProblem {
  message: string;
  /** Offset in the text, in UTF-16 units. */
  position: number;
}

export interface TolerantJson {
  value: PlainValue;
  /** Why reading stopped; the value then holds what was complete before that place. */
  problem: JsonProblem | null;
}

const defaultLimits: JsonLimits = { maxDepth: 200 };
/** As long as Python itself reads an integer (`sys.int_info.default_max_str_digits`). */
const maxIntegerDigits = 4300;

/** Integers that may lie beyond 2^53, and some that do not. Of fixed length: a greedy pattern runs out of stack on megabytes of digits. */
const longInteger = /(?<![\d.])\d{16}/;

/**
 * Reads JSON as Python writes it. `NaN`, `Infinity` and `-Infinity` are numbers, integers beyond 2^53 are bigints, a
 * byte order mark is skipped, `__proto__` is a plain own member, and of a text that was cut everything complete is kept
 * (a number or a string touching the cut is dropped, since it may be half of one). Otherwise exactly as strict as
 * `JSON.parse`. Never throws; linear in the length of the text.
 */
export function parseTolerantJson(text: string, limits: Partial<JsonLimits> = {}): TolerantJson {
  const { maxDepth } = { ...defaultLimits, ...limits };
  if (!longInteger.test(text) && !nestsDeeper(text, maxDepth)) {
    try {
      return { value: JSON.parse(text) as PlainValue, problem: null };
    } catch {
      // Not strict JSON: the reader below says where, or reads what Python wrote.
    }
  }
  return new TolerantReader(text, maxDepth).read();
}

/** Sets a member as JSON does: `__proto__` becomes a member, never the prototype. */
function setMember(object: Record<string, PlainValue>, name: string, value: PlainValue): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** How many `[` and `{` there are, be it inside strings; what is beyond `most` need not be counted. */
function countOpenings(text: string, most: number): number {
  let count = 0;
  for (const opening of ["[", "{"])
    for (let at = text.indexOf(opening); at >= 0 && count <= most; at = text.indexOf(opening, at + 1)) count++;
  return count;
}

function nestsDeeper(text: string, maxDepth: number): boolean {
  if (countOpenings(text, maxDepth) <= maxDepth) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (code === 0x5d || code === 0x7d) {
      depth--;
    }
  }
  return false;
}

/** Recursive descent, whose depth the limit bounds. `undefined` means that nothing complete was there. */
class TolerantReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  #depth = 0;
  #problem: JsonProblem | null = null;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  read(): TolerantJson {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const value = this.#readValue();
    this.#skipSpace();
    if (!this.#problem && this.#at < this.#text.length) this.#stop("unexpected text after the value");
    return { value: value ?? null, problem: this.#problem };
  }

  #readValue(): PlainValue | undefined {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#readObject());
      case "[":
        return this.#nested(() => this.#readArray());
      case '"':
        return this.#readString();
      case "t":
        return this.#readWord("true", true);
      case "f":
        return this.#readWord("false", false);
      case "n":
        return this.#readWord("null", null);
      default:
        return this.#readNumber();
    }
  }

  #nested<T>(read: () => T): T | undefined {
    if (this.#depth === this.#maxDepth) return this.#stop(`nested deeper than ${this.#maxDepth} levels`);
    this.#depth++;
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #readArray(): PlainValue[] {
    const items: PlainValue[] = [];
    if (this.#take("]")) return items;
    do {
      const item = this.#readValue();
      if (item !== undefined) items.push(item);
      if (this.#problem) return items;
    } while (this.#take(","));
    this.#expect("]");
    return items;
  }

  #readObject(): Record<string, PlainValue> {
    const object: Record<string, PlainValue> = {};
    if (this.#take("}")) return object;
    do {
      this.#skipSpace();
      const name = this.#text[this.#at] === '"' ? this.#readString() : this.#stop("expected a member name");
      if (name === undefined || !this.#expect(":")) return object;
      const value = this.#readValue();
      if (value !== undefined) setMember(object, name, value);
      if (this.#problem) return object;
    } while (this.#take(","));
    this.#expect("}");
    return object;
  }

  #readString(): string | undefined {
    const start = this.#at;
    let escaped = false;
    for (let at = start + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code < 0x20) {
        this.#at = at;
        return this.#stop("control character in a string");
      }
      if (code === 0x5c) {
        escaped = true;
        at++;
      } else if (code === 0x22) {
        this.#at = at + 1;
        return escaped ? this.#unescape(start, at + 1) : this.#text.slice(start + 1, at);
      }
    }
    this.#at = this.#text.length;
    return this.#stop("ends inside a string");
  }

  #unescape(start: number, end: number): string | undefined {
    try {
      return JSON.parse(this.#text.slice(start, end)) as string;
    } catch {
      this.#at = start;
      return this.#stop("bad escape in a string");
    }
  }

  #readWord<T extends PlainValue>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.#at)) return this.#unexpected();
    this.#at += word.length;
    return value;
  }

  #readNumber(): number | bigint | undefined {
    const start = this.#at;
    const sign = this.#text[start] === "-" ? 1 : 0;
    if (this.#text.startsWith("Infinity", start + sign))
      return this.#readWord("-Infinity".slice(1 - sign), sign ? -Infinity : Infinity);
    if (this.#text.startsWith("NaN", start)) return this.#readWord("NaN", Number.NaN);
    const whole = this.#text[start + sign] === "0" ? start + sign + 1 : this.#endOfDigits(start + sign);
    if (whole === start + sign) return this.#unexpected();
    const end = this.#endOfExponent(this.#endOfFraction(whole));
    if (end === this.#text.length && this.#depth > 0) {
      this.#at = end;
      return this.#stop("ends inside a number");
    }
    const token = this.#text.slice(start, end);
    const value = Number(token);
    const isLong = end === whole && !Number.isSafeInteger(value);
    if (isLong && token.length > maxIntegerDigits) return this.#stop(`integer of more than ${maxIntegerDigits} digits`);
    this.#at = end;
    return isLong ? BigInt(token) : value;
  }

  #endOfDigits(start: number): number {
    let at = start;
    for (let code = this.#text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = this.#text.charCodeAt(at)) at++;
    return at;
  }

  #endOfFraction(start: number): number {
    if (this.#text[start] !== ".") return start;
    const end = this.#endOfDigits(start + 1);
    return end > start + 1 ? end : start;
  }

  #endOfExponent(start: number): number {
    const mark = this.#text[start];
    if (mark !== "e" && mark !== "E") return start;
    const sign = this.#text[start + 1];
    const first = sign === "+" || sign === "-" ? start + 2 : start + 1;
    const end = this.#endOfDigits(first);
    return end > first ? end : start;
  }

  #take(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #expect(mark: string): boolean {
    if (this.#take(mark)) return true;
    this.#unexpected(mark);
    return false;
  }

  #unexpected(wanted?: string): undefined {
    const found = this.#text.codePointAt(this.#at);
    const wish = wanted === undefined ? "a value" : `"${wanted}"`;
    if (found === undefined) return this.#stop(`ends where ${wish} should be`);
    return this.#stop(`expected ${wish}, found U+${found.toString(16).toUpperCase().padStart(4, "0")}`);
  }

  #stop(message: string): undefined {
    this.#problem ??= { message, position: this.#at };
    return undefined;
  }

  #skipSpace(): void {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = this.#text.charCodeAt(++this.#at);
  }
}
