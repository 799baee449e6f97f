import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceOf } from "./byte-source.ts";
import { readNpy } from "./npy.ts";
import { parseDtype } from "./numpy-dtype.ts";

const fixtures = "e2e/fixtures/codecs";
const fixture = (name: string) => readFileSync(`${fixtures}/${name}.npy`);
const whole = { offset: 0, limit: 100, statisticsBytes: 2 ** 20 };
const read = (bytes: Uint8Array, window = whole) => readNpy(sourceOf(bytes), "a", window);

/** A `.npy` file of version 1 with any header text. */
function assemble(header: string, data = Buffer.alloc(0)): Buffer {
  const head = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, "latin1"), data]);
}
const header = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe("arrays that numpy wrote", () => {
  test.each([
    ["array-b1", "bool"],
    ["array-i1", "int8"],
    ["array-u1", "uint8"],
    ["array-little-i2", "int16"],
    ["array-big-i2", "int16"],
    ["array-little-u4", "uint32"],
    ["array-big-i4", "int32"],
    ["array-little-i8", "int64"],
    ["array-big-i8", "int64"],
    ["array-little-u8", "uint64"],
    ["array-little-f2", "float16"],
    ["array-little-f4", "float32"],
    ["array-big-f4", "float32"],
    ["array-little-f8", "float64"],
    ["array-big-f8", "float64"],
  ])("%s", async (name, dtype) => {
    expect(await read(fixture(name))).toMatchObject({
      dtype,
      shape: [4],
      order: "C",
      values: [0, 1, 1, 0],
      statistics: { min: 0, max: 1, mean: 0.5, nonFinite: 0 },
    });
  });

  test("64-bit integers are exact", async () => {
    const array = await read(fixture("exact"));
    expect(array.values).toEqual(["9007199254740993", "-9223372036854775808", "9223372036854775807"]);
    expect(array.statistics).toMatchObject({ min: "-9223372036854775808", max: "9223372036854775807" });
  });

  test("NaN and the infinities are spelled, counted and kept out of the statistics", async () => {
    const array = await read(fixture("odd"));
    expect(array.values).toEqual(["NaN", "Infinity", "-Infinity", -1.5, 4]);
    expect(array.statistics).toEqual({ min: -1.5, max: 4, mean: 1.25, nonFinite: 3 });
  });

  test("Fortran order is said, its elements come as they are stored", async () => {
    expect(await read(fixture("fortran"))).toMatchObject({ order: "F", shape: [2, 3], values: [0, 3, 1, 4, 2, 5] });
  });

  test("words and complex numbers are texts", async () => {
    expect((await read(fixture("words"))).texts).toEqual(["café", "😀", ""]);
    expect((await read(fixture("octets"))).texts).toEqual(["ab", "c"]);
    expect((await read(fixture("complex"))).texts).toEqual(["1+2j", "-0.5-1j"]);
  });

  test("a scalar and an array without elements", async () => {
    expect(await read(fixture("scalar"))).toMatchObject({ shape: [], values: [7.5] });
    expect(await read(fixture("empty"))).toMatchObject({ shape: [0, 3], values: [], bytes: 0 });
  });

  test("Python objects and records are named, never decoded", async () => {
    expect(await read(fixture("objects"))).toEqual({
      name: "a",
      dtype: "object",
      shape: [2],
      order: "C",
      bytes: 16,
      problem: "It holds Python objects, which are never decoded.",
    });
    expect(await read(fixture("record"))).toMatchObject({
      shape: [2],
      problem: expect.stringMatching(/named members/),
    });
  });

  test("a window gives the asked elements", async () => {
    expect((await read(fixture("odd"), { ...whole, offset: 3, limit: 1 })).values).toEqual([-1.5]);
    expect((await read(fixture("odd"), { ...whole, offset: 99 })).values).toEqual([]);
  });

  test("half precision: least, largest, fractions", async () => {
    const bits = Buffer.from(new Uint16Array([0x0001, 0x7bff, 0x3555, 0xfc00, 0x7e00]).buffer);
    expect((await read(assemble(header("<f2", "(5,)"), bits))).values).toEqual([
      2 ** -24,
      65504,
      0.333251953125,
      "-Infinity",
      "NaN",
    ]);
  });
});

describe("headers that lie", () => {
  test("2 GB announced, 8 bytes there: what is there is shown", async () => {
    const array = await read(assemble(header("<f8", "(268435456,)"), Buffer.alloc(8)));
    expect(array.problem).toMatch(/ends at byte \d+: 2147483648 bytes of data are announced, 8 are there/);
    expect(array.values).toEqual([0]);
    expect(array.statistics).toBeUndefined();
  });

  test("a shape whose product overflows 64 bits", async () => {
    const array = await read(assemble(header("<f8", "(9223372036854775807, 9223372036854775807, 2)"), Buffer.alloc(8)));
    expect(array.problem).toMatch(/announced/);
    expect(array.bytes).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(JSON.stringify(array)).not.toMatch(/null/);
  });

  test("a header of 4 GB, cut headers, odd headers", async () => {
    const long = Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\xff", "latin1");
    expect((await read(long)).problem).toMatch(/announces 4294967295 bytes/);
    expect((await read(Buffer.from("\x93NUMPY\x09\x00\x00\x00", "latin1"))).problem).toMatch(/Version 9/);
    for (const text of [
      "",
      "{}",
      "{'descr': '<f8'}",
      header("<f8", "(-1,)"),
      header("<f8", "[1]"),
      header("<f8", `(${"1,".repeat(65)})`),
    ]) {
      expect((await read(assemble(text))).problem).toMatch(/not one that numpy writes/);
    }
  });

  test("code in a header is only text", async () => {
    const array = await read(
      assemble(`{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (1,), }`),
    );
    expect(array).toMatchObject({ dtype: "unknown", problem: expect.any(String) });
  });

  test.each(readdirSync(fixtures).filter((name) => name.endsWith(".npy")))("%s cut at every byte", async (name) => {
    const bytes = readFileSync(`${fixtures}/${name}`);
    for (let length = 0; length < bytes.length; length++) {
      const array = await read(bytes.subarray(0, length));
      const complete = name === "empty.npy" && length === bytes.length;
      expect(array.problem === undefined).toBe(complete);
    }
  });

  test("flipped bytes", async () => {
    const bytes = fixture("fortran");
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = value;
        expect((await read(flipped)).name).toBe("a");
      }),
      { numRuns: 1000 },
    );
  });
});

test("type strings", () => {
  expect(parseDtype("<f8")).toMatchObject({ name: "float64", itemSize: 8, littleEndian: true });
  expect(parseDtype("f8", ">")).toMatchObject({ descr: ">f8", littleEndian: false });
  expect(parseDtype("?")).toMatchObject({ name: "bool", itemSize: 1 });
  expect(parseDtype("<U10")).toMatchObject({ name: "<U10", itemSize: 40 });
  expect(parseDtype("<M8[25s]")).toMatchObject({ name: "datetime64[25s]", itemSize: 8 });
  for (const text of ["", "f3", "i16", "<", "x8", "<f8[ns]", "f9999999999", "os.system"])
    expect(parseDtype(text)).toBeNull();
});
