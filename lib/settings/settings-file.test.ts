import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Variables } from "./references.ts";
import { findSettingsFile, readSettingsFile } from "./settings-file.ts";

const fileName = "trialdeck.config.yaml";

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

it("lets a source say how many documents may be read an hour", () => {
  const path = join(
    folderWith("sources: [{target: firestore://my-lab, readsPerHour: 20000}]"),
    "trialdeck.config.yaml",
  );
  expect(readSettingsFile(path).sources).toEqual([{ target: "firestore://my-lab", readsPerHour: 20_000 }]);
});

it.each([
  ["no reads to get on with", "sources: [{target: firestore://my-lab, readsPerHour: 5}]"],
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

describe("the place of a mistake", () => {
  it.each([
    ["an unknown word", "sources:\n  - target: ./a\n    colour: red\n", 3, 5],
    ["a number out of bounds", "sources:\n  - target: ./a\n    readsPerHour: 5\n", 3, 19],
    ["a source without a target", "sources:\n  - label: Lab\n", 2, 5],
    ["what is no YAML", "sources:\n  - target: ./a\n  bad\n", 3, 1],
    [
      "a variable that is not set",
      "sources:\n  - target: redis://h:1/0\n    redis: {password: '${env:NOT_SET}'}\n",
      3,
      23,
    ],
  ])("%s", (_what, text, line, column) => {
    const path = join(folderWith(text), "trialdeck.config.yaml");
    expect(() => readSettingsFile(path, {})).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`${path}:${line}:${column}: `),
        details: { line, column },
      }),
    );
  });
});

it.each([
  "'canary",
  "@canary",
  "*canary",
  "%canary",
  "[canary",
  "{a: canary}",
  "`canary",
  "!!x canary: y",
  '"canary" canary',
])("tells nothing of a secret that breaks the file: %s", (secret) => {
  const path = join(
    folderWith(`sources:\n  - target: redis://h:1/0\n    redis:\n      password: ${secret}\n`),
    fileName,
  );
  const reading = () => readSettingsFile(path, {});
  expect(reading).toThrow(expect.objectContaining({ message: expect.not.stringContaining("canary") }));
});

describe("references", () => {
  const read = (text: string, variables: Variables = {}) => {
    const folder = folderWith(text);
    return { folder, read: () => readSettingsFile(join(folder, "trialdeck.config.yaml"), variables) };
  };

  it("takes variables anywhere in a text; in an address they are encoded", () => {
    const { sources, references } = read(
      "sources: [{target: 'redis://reader:${env:PW}@${env:HOST}:6379/0', label: 'Lab ${env:NAME}'}]",
      { PW: "a/b@c", HOST: "cache.example", NAME: "one" },
    ).read();
    expect(sources).toEqual([{ target: "redis://reader:a%2Fb%40c@cache.example:6379/0", label: "Lab one" }]);
    expect(references.map(({ name }) => name)).toEqual(["PW", "HOST", "NAME"]);
  });

  it("takes a secret from a file beside the settings, without the end of its line", () => {
    const { folder, read: reading } = read("sources: [{target: redis://h:1/0, redis: {password: file:secret}}]");
    writeFileSync(join(folder, "secret"), "hunter2\n", { mode: 0o600 });
    const { sources, references, warnings } = reading();
    expect(sources[0]?.redis?.password).toBe("hunter2");
    expect(references).toEqual([
      { at: ["sources", 0, "redis", "password"], origin: "secret-file", name: join(folder, "secret") },
    ]);
    expect(warnings).toEqual([]);
  });

  it("warns of a file of secrets that everyone may read, without its content", () => {
    const { folder, read: reading } = read("sources: [{target: redis://h:1/0, redis: {password: file:secret}}]");
    writeFileSync(join(folder, "secret"), "hunter2");
    chmodSync(join(folder, "secret"), 0o644);
    expect(reading().warnings).toEqual([expect.stringMatching(/may be read by everyone.*chmod 600/)]);
  });

  it.each([
    ["a variable that is not set", "'${env:NOWHERE}'", /the variable NOWHERE is not set/],
    ["a file that is not there", "file:/nowhere/secret", /there is no file \/nowhere\/secret/],
    ["a folder", "file:/tmp", /there is no file \/tmp/],
  ])("says what is missing: %s", (_what, password, message) => {
    const { read: reading } = read(`sources: [{target: 'redis://h:1/0', redis: {password: ${password}}}]`);
    expect(reading).toThrow(
      expect.objectContaining({
        code: "bad_request",
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(/\w/),
      }),
    );
  });

  it("takes file: for a folder where a target stands", () => {
    expect(read("sources: [{target: 'file:./lab'}]").read().sources).toEqual([{ target: "file:./lab" }]);
  });
});
