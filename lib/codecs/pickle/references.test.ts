import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { payloadReferences } from "./references.ts";

const markers = {
  array: "__mlops_payload_ref__",
  model: "__mlops_model_ref__",
  uri: "uri",
  keyPath: "key_path",
  about: "meta",
  bytes: "bytes",
};
const fixtures = "e2e/fixtures/expops";
const results = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".pkl"))
  .map((name) => join(fixtures, name));

describe("results written by ExpOps", () => {
  test("every one is read to its end", () => {
    expect(results.length).toBeGreaterThan(100);
    for (const path of results) {
      expect(payloadReferences(readFileSync(path), markers), path).toMatchObject({ complete: true });
    }
  });

  test("references are exactly those whose marker the file holds", () => {
    let found = 0;
    for (const path of results) {
      const bytes = readFileSync(path);
      const { references } = payloadReferences(bytes, markers);
      const marked = bytes.includes(markers.array) || bytes.includes(markers.model);
      expect(references.length > 0, path).toBe(marked);
      for (const { kind, uri, keyPath, bytes } of references) {
        // Of an array only the size before it was packed is told.
        expect(bytes, uri).toEqual(kind === "model" ? expect.any(Number) : null);
        expect(uri).toMatch(kind === "model" ? /model_spill\/.+\.joblib$/ : /payloads\/.+\.npz$/);
        expect(keyPath).toMatch(/\w/);
      }
      found += references.length;
    }
    expect(found).toBeGreaterThan(20);
  });
});

test("a cut result gives what it held and says that it is not complete", () => {
  const path = results.find((each) => readFileSync(each).includes(markers.model)) as string;
  const bytes = readFileSync(path);
  for (let length = 0; length < bytes.length; length++) {
    const { complete, problem } = payloadReferences(bytes.subarray(0, length), markers);
    expect(complete).toBe(false);
    expect(problem).toMatch(/byte/);
  }
});

test("a compressed result is named, not looked into", () => {
  expect(payloadReferences(Buffer.from("789c0000", "hex"), markers)).toEqual({
    references: [],
    complete: false,
    problem: "compressed with zlib",
  });
});
