import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { previewImage, readImageHead } from "./image.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
function png(width: number, height: number): Buffer {
  const head = bytes("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x00\x00\x00\x00\x00\x08\x06\x00\x00\x00");
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

describe("kinds and sizes", () => {
  test("pictures of a real project", () => {
    const fixtures = "e2e/fixtures/expops";
    const names = readdirSync(fixtures, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.(png|svg)$/.test(name),
    );
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const head = readImageHead(readFileSync(join(fixtures, name)));
      expect(head, name).toEqual({
        mediaType: name.endsWith("svg") ? "image/svg+xml" : "image/png",
        width: expect.any(Number),
        height: expect.any(Number),
      });
    }
  });

  test.each([
    ["image/png", png(640, 480)],
    ["image/gif", bytes("GIF89a\x80\x02\xe0\x01\x00\x00\x00")],
    ["image/jpeg", bytes("\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xff\xc2\x00\x11\x08\x01\xe0\x02\x80\x03")],
    ["image/webp", bytes("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x7f\x02\x00\xdf\x01\x00")],
    ["image/webp", bytes("RIFF\x00\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f\x7f\xc2\x77\x00")],
    ["image/webp", bytes("RIFF\x00\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x80\x02\xe0\x01")],
    [
      "image/bmp",
      bytes("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x80\x02\x00\x00\x20\xfe\xff\xff\x01"),
    ],
    [
      "image/avif",
      bytes(
        "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00meta\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x02\x80\x00\x00\x01\xe0",
      ),
    ],
    ["image/svg+xml", bytes('<?xml version="1.0"?><!-- a --><svg width="640px" height=\'480\'>')],
    ["image/svg+xml", bytes('<svg viewBox="0 0 640 480">')],
  ])("%s", (mediaType, head) => {
    expect(readImageHead(head)).toEqual({ mediaType, width: 640, height: 480 });
  });

  test("what only mentions a picture is none", () => {
    for (const text of [
      "",
      "BMW",
      "BM and more text than a header needs to be",
      "<!doctype html><svg>",
      "<!-- --><html><svg>",
      "GIF8",
      "text <svg>",
    ]) {
      expect(readImageHead(bytes(text))).toBeNull();
    }
  });

  test("every cut of a head is answered", () => {
    for (const head of [
      png(1, 1).subarray(0, 24),
      bytes("\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc2\x00\x11\x08\x01\xe0\x02\x80"),
    ]) {
      for (let length = 0; length < head.length; length++)
        expect(readImageHead(head.subarray(0, length))?.width ?? null).toBeNull();
    }
  });
});

describe("what a browser should not draw", () => {
  const preview = (head: Buffer, size = 100) =>
    previewImage(readImageHead(head) ?? { mediaType: "", width: 0, height: 0 }, size);

  test("a flood of pixels", () => {
    expect(preview(png(65_000, 65_000))).toMatchObject({
      kind: "unsupported",
      reason: expect.stringMatching(/65000 × 65000 pixels/),
    });
    expect(preview(png(8000, 5000))).toMatchObject({ kind: "image", width: 8000, height: 5000 });
  });

  test("a picture without a size, an empty one, one of gigabytes", () => {
    expect(preview(bytes("\xff\xd8\xff"))).toMatchObject({ kind: "unsupported" });
    expect(preview(png(0, 10))).toMatchObject({ kind: "unsupported" });
    expect(preview(png(10, 10), 2 ** 31)).toMatchObject({
      kind: "unsupported",
      reason: expect.stringMatching(/2147483648 bytes/),
    });
  });
});
