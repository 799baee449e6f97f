import { expect, test } from "vitest";
import { sourceOf } from "./byte-source.ts";
import { detectEncoding, previewText } from "./text.ts";

const preview = (text: string, offset = 0, limit = 100) =>
  previewText(sourceOf(Buffer.from(text)), "utf-8", { offset, limit });

test("encodings are told by the bytes", () => {
  expect(detectEncoding(Buffer.from("plain"))).toBe("utf-8");
  expect(detectEncoding(Buffer.from("caf\u00e9 \u{1f600}").subarray(0, -1))).toBe("utf-8");
  expect(detectEncoding(Buffer.from("caf\u00e9s", "latin1"))).toBe("windows-1252");
  expect(detectEncoding(Buffer.from("\ufeffa", "utf16le"))).toBe("utf-16le");
  expect(detectEncoding(Buffer.from([0xfe, 0xff, 0, 0x61]))).toBe("utf-16be");
  expect(detectEncoding(Buffer.from("\x1b[31mred\x1b[0m\n"))).toBe("utf-8");
  expect(detectEncoding(Buffer.from([1, 2, 3, 0, 4]))).toBeNull();
  expect(detectEncoding(Buffer.from([]))).toBe("utf-8");
});

test("a page holds whole lines, the next begins where it ended", async () => {
  const text = "eins\nzwei\ndrei\n";
  const first = await preview(text, 0, 2);
  expect(first).toEqual({ kind: "text", truncated: true, text: "eins\nzwei\n", offset: 0, totalBytes: 15 });
  expect(await preview(text, Buffer.byteLength(first.text), 2)).toMatchObject({ text: "drei\n", truncated: true });
  expect(await preview(text)).toMatchObject({ text, truncated: false });
  expect(await preview("no end")).toMatchObject({ text: "no end", truncated: false });
  expect(await preview(text, 99)).toMatchObject({ text: "" });
});

test("a line without end is cut between characters", async () => {
  const page = await preview("\u00e9".repeat(200_000));
  expect(page.text).toBe("\u00e9".repeat(131_072));
  const odd = await preview(`a${"\u00e9".repeat(200_000)}`);
  expect(odd.text).toBe(`a${"\u00e9".repeat(131_071)}`);
});
