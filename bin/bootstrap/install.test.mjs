import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isInstalled } from "./install.mjs";

let clone;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "trialdeck-install-"));
  mkdirSync(join(clone, "node_modules"));
});
afterEach(() => rmSync(clone, { recursive: true }));

const wanted = { "": { name: "clone" }, "node_modules/a": { version: "1.2.0" } };
const write = (path, packages) => writeFileSync(join(clone, path), JSON.stringify({ packages }));

test("what npm says it installed is compared with the lock file", () => {
  write("package-lock.json", wanted);
  expect(isInstalled(clone)).toBe(false);

  write("node_modules/.package-lock.json", { "node_modules/a": { version: "1.2.0" } });
  expect(isInstalled(clone)).toBe(true);

  write("package-lock.json", { ...wanted, "node_modules/a": { version: "1.3.0" } });
  expect(isInstalled(clone)).toBe(false);
});

test("packages of another platform are not missed, packages of this one are", () => {
  write("node_modules/.package-lock.json", { "node_modules/a": { version: "1.2.0" } });

  write("package-lock.json", { ...wanted, "node_modules/b-darwin": { version: "1.0.0", optional: true } });
  expect(isInstalled(clone)).toBe(true);

  write("package-lock.json", { ...wanted, "node_modules/b": { version: "1.0.0" } });
  expect(isInstalled(clone)).toBe(false);
});

test("a list cut short by an interruption counts as nothing installed", () => {
  write("package-lock.json", wanted);
  writeFileSync(join(clone, "node_modules/.package-lock.json"), '{"packages": {"node_mod');
  expect(isInstalled(clone)).toBe(false);
});
