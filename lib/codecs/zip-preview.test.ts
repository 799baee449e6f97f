import { readFileSync } from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Preview } from "../domain/preview.ts";
import { sourceOf } from "./byte-source.ts";
import { previewZip } from "./zip-preview.ts";

const fixture = (name: string) => readFileSync(`e2e/fixtures/codecs/${name}`);
const page = { offset: 0, limit: 100 };
const preview = (bytes: Uint8Array) => previewZip(sourceOf(bytes), page, "application/zip");

interface Part {
  name: string;
  content?: Buffer;
  method?: number;
  flags?: number;
  crc?: number;
  /** Announced bytes; the true ones unless given. */
  size?: number;
  /** Begin where the part of this index begins, without bytes of its own. */
  over?: number;
}

/** A zip archive in which every announced figure can be a lie. */
function assemble(parts: Part[], announced = parts.length): Buffer {
  const pieces: Buffer[] = [];
  const starts: number[] = [];
  let at = 0;
  const directory = parts.map(
    ({ name, content = Buffer.alloc(0), method = 8, flags = 0, crc = crc32(content), size = content.length, over }) => {
      const packed = method === 8 ? deflateRawSync(content) : content;
      const label = Buffer.from(name);
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(flags, 2);
      fields.writeUInt16LE(method, 4);
      fields.writeUInt32LE(crc, 10);
      fields.writeUInt32LE(packed.length, 14);
      fields.writeUInt32LE(size, 18);
      fields.writeUInt16LE(label.length, 22);
      starts.push(over === undefined ? at : (starts[over] ?? 0));
      if (over === undefined) {
        const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, label, packed]);
        pieces.push(local);
        at += local.length;
      }
      const tail = Buffer.alloc(14);
      tail.writeUInt32LE(starts.at(-1) ?? 0, 10);
      return Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), fields, tail, label]);
    },
  );
  const end = Buffer.alloc(18);
  end.writeUInt16LE(announced, 4);
  end.writeUInt16LE(announced, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...pieces, ...directory, Buffer.from("PK\x05\x06"), end]);
}

function problems(answer: Preview): (string | undefined)[] {
  return answer.kind === "array" ? answer.arrays.map((array) => array.problem) : [];
}
const odd = fixture("odd.npy");

describe("archives that numpy and PyTorch wrote", () => {
  test.each(["stored.npz", "deflated.npz"])("%s", async (name) => {
    expect(await preview(fixture(name))).toMatchObject({
      kind: "array",
      truncated: false,
      arrays: [
        { name: "weights", dtype: "float64", shape: [3, 4], statistics: { min: 0, max: 11 } },
        { name: "bias", dtype: "int64", values: [1, 2, 3] },
        { name: "zeros", shape: [1000], bytes: 8000 },
      ],
    });
  });

  test("a PyTorch file shows its pickle", async () => {
    expect(await preview(fixture("torch.pt"))).toMatchObject({
      kind: "pickle",
      imports: [{ module: "torch._utils", name: "_rebuild_tensor_v2", verdict: "expected" }],
      root: { type: "dict", children: [{ name: "weight" }] },
    });
  });

  test("any other archive shows its entries, a name that leaves it is only text", async () => {
    const answer = await preview(
      assemble([
        { name: "../../etc/cron.d/x", content: odd },
        { name: "b.txt", content: Buffer.from("b") },
      ]),
    );
    expect(answer).toMatchObject({
      kind: "table",
      rows: [
        ["../../etc/cron.d/x", 168, expect.any(Number), null],
        ["b.txt", 1, 3, null],
      ],
    });
  });
});

describe("archives that lie", () => {
  test("a bomb: 100 MB in 100 KB are not inflated for their statistics", async () => {
    const header = fixture("odd.npy")
      .toString("latin1")
      .slice(0, 128)
      .replace("(5,), }", "(13107200,), }")
      .slice(0, 127);
    const content = Buffer.concat([Buffer.from(`${header}\n`, "latin1"), Buffer.alloc(100 * 2 ** 20)]);
    const bytes = assemble([{ name: "bomb.npy", content }]);
    expect(bytes.length).toBeLessThan(200_000);
    const answer = await preview(bytes);
    expect(answer).toMatchObject({ kind: "array", arrays: [{ shape: [13_107_200], bytes: 100 * 2 ** 20 }] });
    expect(answer).not.toHaveProperty("arrays.0.statistics");
  });

  test("many bombs: there is one budget for all", async () => {
    const content = Buffer.concat([odd.subarray(0, 128), Buffer.alloc(15 * 2 ** 20)]);
    const answer = await preview(assemble(Array.from({ length: 12 }, (_, at) => ({ name: `${at}.npy`, content }))));
    expect(problems(answer).filter((problem) => problem?.includes("Too much lies in front"))).not.toEqual([]);
  });

  test("a size that deflate cannot hold is refused before inflating", async () => {
    const answer = await preview(assemble([{ name: "a.npy", content: odd, size: 2 ** 31 }]));
    expect(problems(answer)[0]).toMatch(/announces 2147483648 bytes, more than/);
  });

  test("entries over each other are refused", async () => {
    const answer = await preview(
      assemble([
        { name: "a.npy", content: odd },
        { name: "b.npy", content: odd, over: 0 },
      ]),
    );
    expect(problems(answer)).toEqual(["It lies over another entry.", "It lies over another entry."]);
  });

  test("encrypted entries and other methods are named", async () => {
    const answer = await preview(
      assemble([
        { name: "a.npy", content: odd, flags: 1 },
        { name: "b.npy", content: odd, method: 14 },
      ]),
    );
    expect(problems(answer)).toEqual(["It is encrypted.", "Its compression (method 14) is not supported."]);
  });

  test("a wrong checksum, more and fewer bytes than announced", async () => {
    expect(problems(await preview(assemble([{ name: "a.npy", content: odd, crc: 1 }])))[0]).toMatch(/checksum/);
    expect(problems(await preview(assemble([{ name: "a.npy", content: odd, size: 167 }])))[0]).toMatch(
      /checksum|breaks off/,
    );
    expect(problems(await preview(assemble([{ name: "a.npy", content: odd, size: 169 }])))[0]).toMatch(/breaks off/);
  });

  test("65,000 entries are listed in part", async () => {
    const answer = await preview(
      assemble(Array.from({ length: 65_000 }, (_, at) => ({ name: `${at}.npy`, method: 0 }))),
    );
    expect(answer).toMatchObject({ kind: "array", truncated: true });
    expect(problems(answer)).toHaveLength(100);
  });

  test("fewer entries than announced", async () => {
    expect(await preview(assemble([{ name: "a.npy", content: odd }], 3))).toMatchObject({
      kind: "array",
      truncated: true,
    });
  });

  test("cut at every byte", async () => {
    const bytes = fixture("deflated.npz");
    for (let length = 0; length < bytes.length; length++) {
      expect(await preview(bytes.subarray(0, length))).toMatchObject({
        kind: "unsupported",
        reason: expect.stringMatching(new RegExp(`ends at byte ${length}\\.`)),
      });
    }
  });

  test("flipped bytes", async () => {
    const bytes = fixture("deflated.npz");
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = value;
        expect(["array", "unsupported", "table"]).toContain((await preview(flipped)).kind);
      }),
      { numRuns: 500 },
    );
  });
});
