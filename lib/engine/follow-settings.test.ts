import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readSettingsFile } from "../settings/settings-file.ts";
import { type FollowedSettings, followSettings } from "./follow-settings.ts";

const before = "sources:\n  - {target: ./a, label: A}\n  - {target: ./b, label: B}\n";
let folder: string;
let path: string;
let followed: FollowedSettings;
const log = vi.fn();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trialdeck-follow-"));
  path = join(folder, "trialdeck.config.yaml");
  writeFileSync(path, before);
  followed = followSettings(readSettingsFile(path), { variables: {}, now: Date.now, log });
});
afterEach(() => {
  followed.close();
  rmSync(folder, { recursive: true });
});

function write(text: string) {
  writeFileSync(path, text);
  followed.look();
  return followed.changed();
}

it("tells what another file would add, remove and change, and whose", () => {
  const text =
    "pricePerGib: 1\nsources:\n  - {target: ./a, label: A2, redis: {password: canary}}\n  - {target: ./c, label: C}\n";
  const change = write(text);
  expect(change?.differences).toEqual([
    { kind: "changed", source: "A2", what: ["label", "redis"] },
    { kind: "added", source: "C", what: [] },
    { kind: "removed", source: "B", what: [] },
    { kind: "changed", source: null, what: ["pricePerGib"] },
  ]);
  expect(change?.summary).toBe("It changes A2 (label, redis); adds C; removes B; changes the server (pricePerGib).");
  expect(JSON.stringify(change)).not.toContain("canary");
});

it("says where a broken file is broken", () => {
  expect(write("sources:\n  - target: ./a\n    colour: red\n")?.error).toMatchObject({
    message: expect.stringContaining("colour"),
    line: 3,
    column: 5,
    remedy: expect.any(String),
  });
});

it("says that the file is gone, and nothing once it is as it was", () => {
  rmSync(path);
  followed.look();
  expect(followed.changed()?.error?.message).toContain("cannot be read");
  expect(write(before)).toBeNull();
});

it("notices a change by itself", async () => {
  writeFileSync(path, "sources: [{target: ./a, label: A}]\n");
  await vi.waitFor(() => expect(followed.changed()?.summary).toContain("removes B"), { timeout: 10_000 });
});
