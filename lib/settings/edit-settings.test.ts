import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffLines } from "../domain/explain/line-diff.ts";
import {
  maskSettings,
  putSource,
  replaceFile,
  requireReferences,
  showSources,
  unmaskSource,
  withoutSecrets,
} from "./edit-settings.ts";

const text = `# Our lab
sources:
  # the old machine
  - target: redis://ada:canary@old:6379/0 # until spring
    label: Old
    redis: { password: canary2 }
  - id: new
    target: redis://h:1/0

    redis:
      username: ada
      password: \${env:PW} # from the vault
  - target: ./lab
pricePerGib: 0.02 # of last year
`;

it("shows sources with references as they stand, and a mask for each secret", () => {
  expect(showSources(text)).toEqual([
    { target: "redis://ada:••••••@old:6379/0", label: "Old", redis: { password: "••••••" } },
    { id: "new", target: "redis://h:1/0", redis: { username: "ada", password: "${env:PW}" } },
    { target: "./lab" },
  ]);
  expect(maskSettings(text)).not.toContain("canary");
});

it.each([
  "sources: [{target: ./a, redis: {password: 'canary'}}]",
  'sources: [{target: ./a, redis: {"password": "canary"}}]',
  "sources:\n  - target: ./a\n    redis:\n      password: |\n        canary\n        canary\n  - target: ./b\n",
  "sources:\n  - target: ./a\n    redis:\n      password: >-\n        canary\n",
  "sources: [{target: 'rediss://:canary@h:1/0+./a'}]",
  "access: {tokens: [{token: canary}]}",
])("masks %j", (written) => {
  expect(maskSettings(written)).not.toContain("canary");
});

describe("putting a source in", () => {
  const [old, next] = showSources(text) as [object, object];

  it("changes what differs, and keeps comments, order and secrets", () => {
    const changed = putSource(text, 1, { ...next, target: "redis://h:1/0", label: "New", readOnly: true });
    const { lines } = diffLines(text, changed);
    expect(lines.filter(({ sign }) => sign !== " ")).toEqual([
      { sign: "+", text: "    label: New" },
      { sign: "+", text: "    readOnly: true" },
    ]);
  });

  it("leaves flow collections as they are spaced", () => {
    for (const other of ["{target: ./b, label: B}", "{ target: ./b, label: B }"]) {
      const written = `sources:\n  - ${other}\n  - target: ./a\n`;
      expect(putSource(written, 1, { target: "./c" })).toBe(`sources:\n  - ${other}\n  - target: ./c\n`);
    }
  });

  it("leaves a secret that stands in the file where it is", () => {
    const changed = putSource(text, 0, { ...old, target: "redis://ada:••••••@old:6379/0", label: "Older" });
    expect(changed).toContain("redis://ada:canary@old:6379/0 # until spring");
    expect(changed).toContain("password: canary2");
    expect(changed).toContain("label: Older");
  });

  it("takes out what is no longer said, and adds a new source at the end of them", () => {
    expect(showSources(putSource(text, 0, { target: "./old" }))[0]).toEqual({ target: "./old" });
    const added = putSource(text, null, { target: "./more", redis: { password: "file:secret" } });
    expect(showSources(added)[3]).toEqual({ target: "./more", redis: { password: "file:secret" } });
    expect(added).toContain("pricePerGib: 0.02 # of last year");
  });
});

describe("secrets of a form", () => {
  const shown = { target: "redis://ada:••••••@old:6379/0", redis: { password: "••••••" } };
  const resolved = { target: "redis://ada:canary@old:6379/0", redis: { password: "canary2" } };

  it("go on while address and user stay", () => {
    expect(unmaskSource({ ...shown, label: "x" }, shown, resolved)).toEqual({ ...resolved, label: "x" });
  });

  it.each([
    { target: "redis://ada:••••••@evil:6379/0" },
    { ...shown, target: "redis://evil:6379/0" },
    { ...shown, redis: { ...shown.redis, username: "bob" } },
  ])("never go elsewhere: %j", (given) => {
    expect(() => unmaskSource(given, shown, resolved)).toThrow(expect.objectContaining({ code: "bad_request" }));
  });

  it("are written as references alone, and kept in no draft", () => {
    const literal = { target: "redis://h:1/0", redis: { password: "canary" } };
    expect(() => requireReferences(literal)).toThrow(/not written into the settings file/);
    expect(() => requireReferences({ target: "redis://ada:canary@h:1/0" })).toThrow(/not written/);
    requireReferences({ target: "redis://h:1/0", redis: { password: "${env:PW}" } });
    requireReferences(shown);
    const unencoded = { target: "redis://ada:ca/nary@h:1/0" };
    const drafts = [literal, resolved, unencoded].map(withoutSecrets);
    expect(JSON.stringify(drafts)).not.toMatch(/canary|nary/);
  });
});

it("replaces a file at once, through a link, with the rights that it had", () => {
  const folder = mkdtempSync(join(tmpdir(), "edit-"));
  const path = join(folder, "trialdeck.config.yaml");
  writeFileSync(path, "a");
  chmodSync(path, 0o640);
  symlinkSync(path, join(folder, "link.yaml"));
  replaceFile(join(folder, "link.yaml"), "b");
  expect(readFileSync(path, "utf8")).toBe("b");
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(["link.yaml", "trialdeck.config.yaml"]);
});
