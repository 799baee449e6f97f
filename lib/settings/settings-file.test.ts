import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findSettingsFile, readSettingsFile } from "./settings-file.ts";

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  writeFileSync(join(folder, "trialdeck.config.yaml"), text);
  return folder;
}

it("finds the file up the tree", () => {
  const folder = folderWith("sources: [{target: ./lab}]");
  mkdirSync(join(folder, "a", "b"), { recursive: true });
  const path = findSettingsFile(join(folder, "a", "b"));
  expect(path).toBe(join(folder, "trialdeck.config.yaml"));
  expect(readSettingsFile(path ?? "").sources).toEqual([{ target: "./lab" }]);
});

it("takes a source that may only be read", () => {
  const folder = folderWith("sources: [{target: ./lab, readOnly: true, environment: production}]");
  expect(readSettingsFile(join(folder, "trialdeck.config.yaml")).sources).toEqual([
    { target: "./lab", readOnly: true, environment: "production" },
  ]);
});

it.each([
  ["no sources", "{}"],
  ["an unknown word", "sources: [{target: ./a, colour: red}]"],
  ["an id with a slash", "sources: [{target: ./a, id: a/b}]"],
  ["a key twice", "sources: [{target: ./a}]\nsources: []"],
  ["a cut file", "sources: [{target: './a"],
  ["a bomb of aliases", `a: &a [x,x]\n${"b: &b [*a,*a]\n".repeat(1)}sources: [${"*a,".repeat(60)}]`],
])("says what is wrong with %s", (_what, text) => {
  const path = join(folderWith(text), "trialdeck.config.yaml");
  expect(() => readSettingsFile(path)).toThrow(
    expect.objectContaining({
      code: "bad_request",
      message: expect.stringContaining(path),
      remedy: expect.any(String),
    }),
  );
});
