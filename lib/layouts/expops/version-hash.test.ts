import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashVersion, isVersionHash } from "./version-hash.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
const read = (...path: string[]) => readFileSync(join(fixtures, ...path));

describe("hashVersion", () => {
  it("names the folder that the newest change of a real project was run under", () => {
    const project = "sqlite-local/wine-lab";
    const scripts = new Map([
      ["main", read(project, "src/pipeline.py")],
      ["reporting", read(project, "src/charts.py")],
    ]);
    const hash = hashVersion(read(project, "configs/project_config.yaml"), scripts);
    expect(hash).toMatch(/^fb69108f/);
    expect(readdirSync(join(fixtures, project, ".wine-lab/cache"))).toContain(hash);
  });

  it("knows the first version from the recipe it was run with", () => {
    const project = "recipe/wine-lab";
    const scripts = new Map([
      ["reporting", read(project, "src/charts.py")],
      ["main", read(project, "src/pipeline.py")],
    ]);
    expect(hashVersion(read(project, "configs/project_config.yaml"), scripts)).toMatch(/^b127e5be/);
  });

  it("sorts keys by code point as Python does, beyond the basic plane too", () => {
    const first = new Map([
      ["\u{ff5e}", new Uint8Array([1])],
      ["\u{1f600}", new Uint8Array([2])],
    ]);
    const other = new Map([...first].reverse());
    const config = new TextEncoder().encode("scripts: {}");
    expect(hashVersion(config, first)).toBe(hashVersion(config, other));
    expect(hashVersion(config, first)).toBe("1f0a5e97c40353072c7fbe08a2e167e97663aa89b69c191b24f8e83eda5ef13b");
  });

  it("is the hash of the config alone where there are no scripts", () => {
    const config = new TextEncoder().encode("metadata: {}\n");
    expect(hashVersion(config, null)).toBe("a212b0e13fe0e58cf4db8c44bbc4e665600c593f5f6295bdd354ce479ca564e9");
    expect(hashVersion(config, new Map())).not.toBe(hashVersion(config, null));
  });
});

describe("isVersionHash", () => {
  it("tells a version folder from others", () => {
    expect(isVersionHash("a".repeat(64))).toBe(true);
    expect(isVersionHash("steps")).toBe(false);
  });
});
