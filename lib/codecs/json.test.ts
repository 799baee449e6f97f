import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTolerantJson } from "./json.ts";

const valueIn = (text: string) => parseTolerantJson(text).value;
const problemOf = (text: string) => parseTolerantJson(text).problem;

describe("what Python writes and JSON forbids", () => {
  test("NaN and the infinities are numbers", () => {
    expect(parseTolerantJson('{"loss": NaN, "low": -Infinity, "high": [Infinity]}')).toEqual({
      value: { loss: Number.NaN, low: -Infinity, high: [Infinity] },
      problem: null,
    });
    expect(valueIn("NaN")).toBeNaN();
    expect(valueIn('{"text": "NaN"}')).toEqual({ text: "NaN" });
  });

  test("integers beyond 2^53 stay exact, fractions and smaller integers stay numbers", () => {
    expect(valueIn("[9007199254740993, -9007199254740993, 9007199254740991]")).toEqual([
      9007199254740993n,
      -9007199254740993n,
      9007199254740991,
    ]);
    expect(valueIn("[0.30000000000000004, 12345678901234567890.5, 1e20]")).toEqual([
      0.30000000000000004, 1.2345678901234567e19, 1e20,
    ]);
    expect(valueIn(`[${"9".repeat(400)}]`)).toEqual([BigInt("9".repeat(400))]);
    expect(problemOf(`[${"9".repeat(5000)}]`)?.message).toMatch(/more than 4300 digits/);
  });

  test("1e999 is Infinity, as Python reads it", () => {
    expect(valueIn("[1e999]")).toEqual([Infinity]);
  });

  test("a byte order mark is skipped", () => {
    expect(parseTolerantJson('\ufeff{"a":1}')).toEqual({ value: { a: 1 }, problem: null });
  });
});

describe("texts that were cut", () => {
  test.each([
    ['{"a": 1, "b": [1, 2, 3', { a: 1, b: [1, 2] }],
    ['{"a": {"b": "c"}, "d": "half', { a: { b: "c" } }],
    ['{"a": 1, "b', { a: 1 }],
    ['{"a": 1, "b":', { a: 1 }],
    ['{"a": tru', {}],
    ["[1, 2,", [1, 2]],
    ["", null],
    ['"half', null],
  ])("%s keeps what was complete", (text, value) => {
    const result = parseTolerantJson(text);
    expect(result.value).toEqual(value);
    expect(result.problem?.position).toBeGreaterThanOrEqual(0);
  });

  test("every cut of a document gives a part of it and a problem", () => {
    const text = '{"run":"é\\n","n":[1,NaN,{"deep":[true,null]}],"big":123456789012345678901}';
    for (let length = 0; length < text.length; length++) {
      expect(problemOf(text.slice(0, length))).not.toBeNull();
    }
    expect(problemOf(text)).toBeNull();
  });
});

describe("hostile texts", () => {
  test("__proto__ is a member, in the fast and in the tolerant reader", () => {
    for (const text of ['{"__proto__": {"polluted": 1}}', '{"__proto__": {"polluted": NaN}}']) {
      const value = valueIn(text) as Record<string, unknown>;
      expect(Object.keys(value)).toEqual(["__proto__"]);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
    expect("polluted" in {}).toBe(false);
  });

  test("depth is capped, brackets in strings do not count", () => {
    expect(problemOf("[".repeat(200_000))?.message).toMatch(/deeper than 200/);
    expect(problemOf(`${"[".repeat(201)}1${"]".repeat(201)}`)?.position).toBe(200);
    expect(problemOf(`${"[".repeat(200)}1${"]".repeat(200)}`)).toBeNull();
    expect(problemOf(JSON.stringify("[".repeat(1000)))).toBeNull();
    expect(parseTolerantJson('{"a":1,"b":[[[]]]}', { maxDepth: 2 }).value).toEqual({ a: 1, b: [] });
  });

  // Classes of the public JSON minefield (nst/JSONTestSuite, n_*): all are refused by JSON.parse and by us.
  test.each([
    "[1,]",
    "[,1]",
    "{,}",
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    '{"a"}',
    '{"a":1 "b":2}',
    "[1 2]",
    "[1}",
    "]",
    "}",
    "[",
    "{",
    '"',
    "01",
    "-01",
    "1.",
    ".1",
    "+1",
    "1e",
    "1e+",
    "0x1",
    "--1",
    "-",
    "- 1",
    "-NaN",
    "nan",
    "inf",
    "INFINITY",
    "Infinit",
    "NaN5",
    "True",
    "None",
    "nul",
    "tru e",
    "1 2",
    "null null",
    '"\t"',
    '"\n"',
    '"\\x00"',
    '"\\u12G4"',
    '"\\',
    '"a\u0000"',
    "[1]//x",
    "/*x*/1",
    "\u00a01",
    "\u2028",
    "１",
    '["a" "b"]',
    "<null>",
    "abc",
    "*",
    "[1]]",
    "\u0000",
    "[\u0000]",
  ])("%j is refused with its position", (text) => {
    const { problem } = parseTolerantJson(text);
    expect(problem?.message).toBeTruthy();
    expect(problem?.position).toBeLessThanOrEqual(text.length);
  });

  test("megabytes of one character run out of neither stack nor time", () => {
    for (const character of ["9", " ", "-", '"', "\\", "[", "a", "0", "."]) {
      expect(problemOf(character.repeat(5_000_000))).not.toBeNull();
      expect(problemOf(`[NaN,"a",${character.repeat(5_000_000)}`)).not.toBeNull();
    }
    expect(valueIn(`[NaN, 0.${"1".repeat(5_000_000)}]`)).toEqual([Number.NaN, 1 / 9]);
  });

  test("duplicate members: the last one counts", () => {
    expect(valueIn('{"a":1,"a":NaN,"a":2}')).toEqual({ a: 2 });
  });

  test("lone surrogates survive", () => {
    expect(valueIn('["\\ud800", NaN]')).toEqual(["\ud800", Number.NaN]);
  });
});

describe("properties", () => {
  test("agrees with JSON.parse on every JSON text, also through the tolerant reader", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/(?<![\d.])\d{16}/.test(text));
        expect(valueIn(text)).toStrictEqual(JSON.parse(text));
        expect(valueIn(`[${text}, NaN]`)).toStrictEqual([JSON.parse(text), Number.NaN]);
      }),
    );
  });

  test("any text is answered, and refused whenever JSON.parse refuses it", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "1",
      "-",
      ".",
      "e",
      "true",
      "null",
      " ",
      "\u0000",
      "a",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const text = parts.join("");
        let strict = true;
        try {
          JSON.parse(text);
        } catch {
          strict = false;
        }
        expect(problemOf(text) === null).toBe(strict);
      }),
      { numRuns: 2000 },
    );
  });
});
