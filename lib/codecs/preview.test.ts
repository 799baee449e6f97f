import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { previewSchema } from "../domain/preview.ts";
import { sourceOf } from "./byte-source.ts";
import { previewArtifact } from "./preview.ts";

const page = { offset: 0, limit: 100 };
const preview = (name: string, content: string | Buffer, mediaType = "") =>
  previewArtifact({ name, mediaType, ...sourceOf(Buffer.from(content as string)) }, page);

test.each([
  ["a.json", '{"a": 1}', "json"],
  ["metrics", '{"a": NaN}', "json"],
  ["a.ipynb", "{}", "json"],
  ["run.log", "[2026-01-02] started", "text"],
  ["README.md", "# Title", "text"],
  ["a.csv", "a,b\n1,2", "table"],
  ["a.txt", "a,b\n1,2", "text"],
  ["a.html", "<p>", "html"],
  ["page", "<!DOCTYPE html><p>", "html"],
  ["a.svg", "<svg viewBox='0 0 1 1'/>", "image"],
  ["empty", "", "text"],
  ["a.pkl", "(lp0\n.", "pickle"],
  ["unnamed", Buffer.from("\x80\x04].", "latin1"), "pickle"],
  ["a.bin", Buffer.from([0, 1, 2, 3]), "unsupported"],
  ["a.parquet", "PAR1....", "unsupported"],
  ["a.csv.gz", Buffer.from("\x1f\x8b\x08", "latin1"), "unsupported"],
  ["a.pdf", "%PDF-1.7", "unsupported"],
])("%s is drawn as it should", async (name, content, kind) => {
  expect(await preview(name, content)).toMatchObject({ kind });
});

test("bytes are believed before the name", async () => {
  expect(await preview("a.png", "<!doctype html><script>alert(1)</script>")).toMatchObject({ kind: "html" });
  expect(await preview("a.html", readFileSync("e2e/fixtures/codecs/odd.npy"))).toMatchObject({ kind: "array" });
  expect(await preview("a.txt", "\x80\x04].", "text/plain")).not.toMatchObject({ kind: "pickle" });
});

test("every file of a real project", async () => {
  const folder = "e2e/fixtures/expops";
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  for (const name of names) {
    const answer = await preview(name, readFileSync(join(folder, name)));
    expect(previewSchema.parse(answer), name).toEqual(answer);
    if (/\.(npz|npy)$/.test(name))
      expect(answer, name).toMatchObject({ kind: "array", truncated: expect.any(Boolean) });
    if (!/\.(sqlite|bundle)|\/objects\/|index$/.test(name)) expect(answer.kind, name).not.toBe("unsupported");
  }
});

test("an artifact that ends earlier than it said is drawn as far as it goes", async () => {
  const bytes = readFileSync("e2e/fixtures/codecs/model-plain.joblib").subarray(0, 500);
  const answer = await previewArtifact({ name: "m.joblib", mediaType: "", ...sourceOf(bytes, 10_000_000) }, page);
  expect(answer).toMatchObject({ kind: "pickle", truncated: true, problem: expect.stringMatching(/ends at byte 500/) });
});

test("any bytes under any name are answered as the API promises", async () => {
  const starts = [
    "",
    "\x93NUMPY\x01\x00",
    "PK\x03\x04",
    "\x80\x04",
    "\x89PNG\r\n\x1a\n",
    "\xff\xd8\xff",
    "GIF89a",
    "BM",
    "RIFF",
    "<svg ",
    "{",
    "x\x9c",
    "\x1f\x8b",
  ];
  const names = [
    "a",
    "a.npy",
    "a.npz",
    "a.pkl",
    "a.joblib",
    "a.json",
    "a.csv",
    "a.html",
    "a.png",
    "a.txt",
    "\u202e.gpj",
    "../../x",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...starts),
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...names),
      async (start, rest, name) => {
        const answer = await preview(name, Buffer.concat([Buffer.from(start, "latin1"), rest]));
        expect(previewSchema.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
      },
    ),
    { numRuns: 2000 },
  );
});
