import { type PickleCursor, PickleStop } from "./cursor.ts";
import type { PickleValue } from "./nodes.ts";

/** Longest string kept whole; of a longer one the head is kept. */
const maxTextBytes = 16_384;
const maxIntegerBytes = 1024;
const maxIntegerDigits = 2400;

/** The value an opcode spells out, or `undefined` when the opcode is not a literal. Source of the codes: CPython's `pickletools.py`. */
export function readLiteral(opcode: string, cursor: PickleCursor): PickleValue | undefined {
  switch (opcode) {
    case "N":
      return null;
    case "\x88":
      return true;
    case "\x89":
      return false;
    case "K":
      return cursor.byte();
    case "M":
      return cursor.uint16();
    case "J":
      return cursor.int32();
    case "\x8a":
      return readLong(cursor, cursor.byte());
    case "\x8b":
      return readLong(cursor, signedLength(cursor));
    case "G":
      return { kind: "float", value: cursor.double() };
    case "I":
      return readIntegerLine(cursor);
    case "L":
      return parseInteger(cursor.line().replace(/L$/, ""), cursor);
    case "F":
      return readFloatLine(cursor);
    case "\x8c":
      return readText(cursor, cursor.byte());
    case "X":
      return readText(cursor, cursor.uint32());
    case "\x8d":
      return readText(cursor, cursor.length64());
    case "V":
      return shorten(unescapeUnicode(cursor.line()));
    case "S":
      return readQuotedLine(cursor);
    case "U":
      return readOldString(cursor, cursor.byte());
    case "T":
      return readOldString(cursor, signedLength(cursor));
    case "C":
      return { kind: "bytes", bytes: cursor.take(cursor.byte()) };
    case "B":
      return { kind: "bytes", bytes: cursor.take(cursor.uint32()) };
    case "\x8e":
      return { kind: "bytes", bytes: cursor.take(cursor.length64()) };
    case "\x96":
      return { kind: "bytearray", bytes: cursor.take(cursor.length64()) };
    default:
      return undefined;
  }
}

function signedLength(cursor: PickleCursor): number {
  const start = cursor.position;
  const length = cursor.int32();
  if (length < 0) throw new PickleStop(`negative length ${length} at byte ${start}`, start);
  return length;
}

function readLong(cursor: PickleCursor, length: number): PickleValue {
  const bytes = cursor.take(length);
  if (length === 0) return 0;
  if (length > maxIntegerBytes) return { kind: "huge-int", bytes: length };
  const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  return narrow(BigInt.asIntN(length * 8, unsigned));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function readIntegerLine(cursor: PickleCursor): PickleValue {
  const line = cursor.line();
  if (line === "00") return false;
  if (line === "01") return true;
  return parseInteger(line, cursor);
}

function parseInteger(text: string, cursor: PickleCursor): PickleValue {
  const digits = text.trim();
  if (digits.length > maxIntegerDigits) return { kind: "huge-int", bytes: digits.length };
  if (!/^[+-]?\d+$/.test(digits)) throw badLine("an integer", text, cursor);
  return narrow(BigInt(digits.replace(/^\+/, "")));
}

function readFloatLine(cursor: PickleCursor): PickleValue {
  const line = cursor.line();
  const word = line.trim().toLowerCase();
  if (/^[+-]?nan$/.test(word)) return { kind: "float", value: Number.NaN };
  if (/^[+-]?inf(inity)?$/.test(word)) return { kind: "float", value: word.startsWith("-") ? -Infinity : Infinity };
  const value = word === "" ? Number.NaN : Number(word);
  if (Number.isNaN(value)) throw badLine("a float", line, cursor);
  return { kind: "float", value };
}

function badLine(wanted: string, line: string, cursor: PickleCursor): PickleStop {
  const start = cursor.position - line.length - 1;
  return new PickleStop(`expected ${wanted} at byte ${start}`, start);
}

function readText(cursor: PickleCursor, length: number): PickleValue {
  const start = cursor.skip(length);
  if (length <= maxTextBytes) return cursor.bytes.toString("utf8", start, start + length);
  let end = start + maxTextBytes;
  // Not through the middle of a character, which has at most four bytes.
  while (((cursor.bytes[end] ?? 0) & 0xc0) === 0x80 && end > start + maxTextBytes - 3) end--;
  return { kind: "text", head: cursor.bytes.toString("utf8", start, end), bytes: length };
}

/** A Python 2 `str`: text where it is ASCII, else bytes (numpy kept array data in them). */
function readOldString(cursor: PickleCursor, length: number): PickleValue {
  const bytes = cursor.take(length);
  if (length > maxTextBytes || bytes.some((byte) => byte > 0x7e)) return { kind: "bytes", bytes };
  return bytes.toString("latin1");
}

function readQuotedLine(cursor: PickleCursor): PickleValue {
  const line = cursor.line();
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || !line.endsWith(quote))
    throw badLine("a quoted string", line, cursor);
  const simple: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };
  const text = line
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_all, hex: string | undefined, letter: string) =>
      hex === undefined ? (simple[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return shorten(text);
}

/** Python's raw-unicode-escape: only `\uXXXX` and `\UXXXXXXXX` are escapes. */
function unescapeUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (all, short: string | undefined, long: string) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function shorten(text: string): PickleValue {
  return text.length <= maxTextBytes ? text : { kind: "text", head: text.slice(0, maxTextBytes), bytes: text.length };
}
