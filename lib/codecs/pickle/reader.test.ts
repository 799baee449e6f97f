import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PickleValue } from "./nodes.ts";
import { readPickle } from "./reader.ts";

const fixtures = "e2e/fixtures/codecs";
const fixture = (name: string) => readFileSync(`${fixtures}/${name}`);
/** A pickle by its opcodes, one character a byte. */
const assemble = (...parts: string[]) => Buffer.from(parts.join(""), "latin1");
const float = (value: number) => ({ kind: "float", value });
const tuple = (...items: unknown[]) => ({ kind: "tuple", items });
const global = (module: string, name: string) => ({ kind: "global", module, name, computed: false });

function membersOf(root: PickleValue): Map<unknown, unknown> {
  return new Map((root as { entries: [unknown, unknown][] }).entries);
}

describe("what Python writes", () => {
  test.each([0, 1, 2, 3, 4, 5])("protocol %i", (protocol) => {
    const reading = readPickle(fixture(`values-${protocol}.pkl`));
    expect(reading.problem).toBeNull();
    expect(reading.protocol).toBe(protocol < 2 ? 0 : protocol);
    const members = membersOf(reading.root);
    expect(members.get("none")).toBe(null);
    expect(members.get("flags")).toEqual({ kind: "list", items: [true, false] });
    expect(members.get("integers")).toEqual({
      kind: "list",
      items: [0, 1, -1, 255, 65535, -(2 ** 31), 9007199254740993n, -(2n ** 80n)],
    });
    expect(members.get("floats")).toEqual({
      kind: "list",
      items: [float(0.5), float(-0), float(1e308), float(Number.NaN), float(Infinity)],
    });
    expect(members.get("text")).toBe("café 😀 \u202e");
    expect(members.get("tuple")).toEqual(tuple(1, tuple(2, tuple(3, tuple()))));
    expect(members.get("price")).toMatchObject({
      kind: "object",
      callable: global("decimal", "Decimal"),
      args: tuple("1.10"),
    });
  });

  test("joblib's arrays are stepped over, wherever they lie", () => {
    const { problem, root, end } = readPickle(fixture("mixed.joblib"));
    expect(problem).toBeNull();
    expect(end).toBe(fixture("mixed.joblib").length);
    const members = membersOf(root);
    expect(members.get("before")).toBe("x");
    expect(members.get("float32")).toMatchObject({ inline: { bytes: 48 } });
    expect(members.get("record")).toMatchObject({ inline: { bytes: 24 } });
    expect(members.get("empty")).toMatchObject({ inline: { bytes: 0 } });
    expect(members.get("objects")).toMatchObject({ inline: { nested: { kind: "object" } } });
    expect(members.get("after")).toEqual({ kind: "list", items: [1, 2, 3] });
  });

  test("an object that holds itself is a cycle, not an endless walk", () => {
    const { root } = readPickle(fixture("cyclic.pkl"));
    const children = membersOf(root).get("children") as { items: unknown[] };
    expect(children.items[0]).toBe(root);
  });
});

describe("what loading would do is only written down", () => {
  test("GLOBAL and REDUCE", () => {
    const { root, imports } = readPickle(assemble("cos\nsystem\n(S'id'\ntR."));
    expect(root).toMatchObject({ kind: "object", callable: global("os", "system"), args: tuple("id") });
    expect(imports).toEqual([{ global: global("os", "system"), count: 1 }]);
  });

  test("INST and OBJ", () => {
    expect(readPickle(assemble("(S'id'\nios\nsystem\n.")).root).toMatchObject({ callable: global("os", "system") });
    expect(readPickle(assemble("(cos\nsystem\nS'id'\no.")).root).toMatchObject({
      callable: global("os", "system"),
      args: tuple("id"),
    });
  });

  test("STACK_GLOBAL, also when the name is no text", () => {
    expect(readPickle(assemble("\x80\x04\x8c\x02os\x8c\x06system\x93.")).root).toEqual(global("os", "system"));
    expect(readPickle(assemble("\x80\x04K\x01\x8c\x06system\x93.")).root).toMatchObject({
      computed: true,
      module: "?",
    });
  });

  test("NEWOBJ_EX, BUILD on anything, persistent ids, extensions, buffers", () => {
    expect(readPickle(assemble("\x80\x04ca\nB\n)}\x92.")).root).toMatchObject({
      callable: global("a", "B"),
      args: tuple(tuple(), { kind: "dict" }),
    });
    expect(readPickle(assemble("K\x01}b.")).root).toMatchObject({
      kind: "object",
      callable: 1,
      states: [{ kind: "dict" }],
    });
    expect(readPickle(assemble("Pid\n.")).root).toEqual({ kind: "persistent", id: "id" });
    expect(readPickle(assemble("K\x07Q.")).root).toEqual({ kind: "persistent", id: 7 });
    expect(readPickle(assemble("\x82\x05.")).root).toEqual({ kind: "extension", code: 5 });
    expect(readPickle(assemble("\x80\x05\x97\x98.")).root).toEqual({ kind: "buffer" });
  });

  test("a global is counted each time it is named, not when it is recalled", () => {
    expect(readPickle(assemble("(ca\nb\nq\x00h\x00ca\nb\nt.")).imports).toEqual([
      { global: global("a", "b"), count: 2 },
    ]);
  });
});

describe("streams no Python writes stop with their position and keep what was there", () => {
  const list = (...items: unknown[]) => ({ kind: "list", items });
  test.each([
    ["unknown opcode", "]K\x01a\xff.", /unknown opcode 0xff at byte 4/, list(1)],
    ["end without STOP", "](K\x01K\x02", /ends at byte 6 without STOP/, list(1, 2)],
    ["no bytes", "", /ends at byte 0/, null],
    ["empty stack", "0", /no mark is open at byte 0/, null],
    ["STOP on an empty stack", ".", /the stack is empty at byte 0/, null],
    ["memo never set", "]h\x05.", /memo 5 was never set/, list()],
    ["memo index that is none", "]gx\n.", /memo index/, list()],
    ["LONG4 of 2^31", "]\x8b\x00\x00\x00\x80.", /negative length -2147483648/, list()],
    ["LONG4 beyond the end", "]\x8b\xff\xff\xff\x7f.", /ends at byte 7, but byte 6 announces 2147483647 more/, list()],
    ["BINUNICODE8 of 2^64", "]\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", /announces 18446744073709552000 more/, list()],
    ["BINSTRING of a negative length", "]T\xff\xff\xff\xff.", /negative length/, list()],
    ["protocol 6", "\x80\x06].", /protocol 6 is not known/, null],
    ["append to a number", "K\x01K\x02a.", /no list or set/, 1],
    ["key without a value", "}(K\x01u.", /a key without a value/, { kind: "dict", entries: [] }],
    ["integer that is none", "]Ix\n.", /expected an integer/, list()],
    ["float that is none", "]Fx\n.", /expected a float/, list()],
    ["string without quotes", "]Sx\n.", /expected a quoted string/, list()],
    ["line without an end", "](Iaaaa", /inside a line/, list()],
  ])("%s", (_name, text, message, root) => {
    const reading = readPickle(assemble(text));
    expect(reading.problem?.message).toMatch(message);
    expect(reading.root).toEqual(root);
  });

  test("values that wait for their container are put into it", () => {
    expect(readPickle(assemble("}(S'a'\nK\x01S'b'\n](K\x02K\x03")).root).toEqual({
      kind: "dict",
      entries: [
        ["a", 1],
        ["b", { kind: "list", items: [2, 3] }],
      ],
    });
    expect(readPickle(assemble("}S'a'\n]K\x01")).root).toEqual({
      kind: "dict",
      entries: [["a", { kind: "list", items: [1] }]],
    });
  });
});

describe("bombs", () => {
  test("opcodes are counted", () => {
    const { opcodes, problem } = readPickle(Buffer.alloc(3_000_000, "]0"));
    expect(opcodes).toBe(1_000_000);
    expect(problem).toMatchObject({ reason: "limit", message: "stopped after 1000000 opcodes at byte 1000000" });
  });

  test("bytes are bounded, and a stream longer than that is named as such", () => {
    const bytes = assemble("](", "K\x01".repeat(100), "e.");
    expect(readPickle(bytes, { bytes: 50 }).problem).toMatchObject({ reason: "limit", position: 50 });
    expect(readPickle(bytes, { bytes: 50 }).root).toEqual({ kind: "list", items: Array(24).fill(1) });
  });

  test("a list of lists of lists … is shared, never copied", () => {
    const layers = Array.from(
      { length: 200 },
      (_, at) => `](${`h${String.fromCharCode(at)}`.repeat(10)}eq${String.fromCharCode(at + 1)}`,
    );
    expect(readPickle(assemble("]q\x00", ...layers, ".")).problem).toBeNull();
  });

  test("marks, tuples and duplicates nest without recursion", () => {
    for (const opcode of ["(", "]2", ")\x85", "(l", "}(d"]) {
      const deep = assemble(opcode.repeat(200_000));
      expect(readPickle(deep).problem?.message).toMatch(/without STOP/);
    }
  });

  test("an integer of megabytes is not computed", () => {
    const digits = Buffer.concat([assemble("L"), Buffer.alloc(4_000_000, "9"), assemble("L\n.")]);
    expect(readPickle(digits).root).toEqual({ kind: "huge-int", bytes: 4_000_000 });
    const long = Buffer.concat([assemble("\x8b\x00\x09\x3d\x00"), Buffer.alloc(4_000_000, 1), assemble(".")]);
    expect(readPickle(long).root).toEqual({ kind: "huge-int", bytes: 4_000_000 });
  });

  test("an array whose shape overflows is no array", () => {
    const bytes = Buffer.from(fixture("mixed.joblib"));
    const at = bytes.indexOf("K\x03K\x04\x86", 0, "latin1");
    const lying = Buffer.concat([
      bytes.subarray(0, at),
      assemble(`${"\x8a\x07\xff\xff\xff\xff\xff\xff\x0f".repeat(2)}\x86`),
      bytes.subarray(at + 5),
    ]);
    expect(readPickle(lying).problem?.message).toMatch(/array larger than any file/);
  });

  test("JavaScript's own names are keys like any other", () => {
    const { root } = readPickle(assemble("}(S'__proto__'\nK\x01S'constructor'\nK\x02u."));
    expect(membersOf(root)).toEqual(
      new Map([
        ["__proto__", 1],
        ["constructor", 2],
      ]),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("every cut and any bytes are answered", () => {
  const names = readdirSync(fixtures).filter(
    (name) => /\.(pkl|joblib)$/.test(name) && !/bz2|xz|lzma|zlib|gzip/.test(name),
  );

  test.each(names)("%s cut at every byte", (name) => {
    const bytes = fixture(name);
    for (let length = 0; length < bytes.length; length++) {
      const { problem } = readPickle(bytes.subarray(0, length));
      expect(problem?.position).toBeLessThanOrEqual(length);
    }
    expect(readPickle(bytes).problem).toBeNull();
  });

  test("random bytes, random opcodes", () => {
    const opcodes = fc.constantFrom(
      ..."().012GIJKMNRTUXabcdeghijlopqrstu]}\x80\x81\x85\x86\x87\x88\x8a\x8c\x8f\x90\x91\x92\x93\x94\x95\n\x00\x01\x02a'",
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(opcodes, { maxLength: 60 }).map((each) => assemble(...each)),
    );
    fc.assert(
      fc.property(bytes, (each) => {
        const { problem, end } = readPickle(each);
        expect(end).toBeLessThanOrEqual(each.length);
        expect(problem === null || problem.message.length > 0).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  test("flipped bytes of a real model", () => {
    const bytes = fixture("model-plain.joblib");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = value;
        expect(readPickle(flipped).opcodes).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
