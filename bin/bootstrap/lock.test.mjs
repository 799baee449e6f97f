import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.mjs";

let clone;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "trialdeck-lock-"));
});
afterEach(() => rmSync(clone, { recursive: true }));

test("works of one clone follow each other, those of two clones do not wait", async () => {
  const told = [];
  const work = (name) => async () => {
    told.push(`${name} begins`);
    await new Promise((done) => setImmediate(done));
    told.push(`${name} ends`);
  };

  await Promise.all([withLock(clone, work("a")), withLock(clone, work("b")), withLock(clone, work("c"))]);

  expect(told).toHaveLength(6);
  for (let i = 0; i < 6; i += 2) expect(told[i].replace("begins", "ends")).toBe(told[i + 1]);
  const other = mkdtempSync(join(tmpdir(), "trialdeck-lock-"));
  expect(await withLock(clone, () => withLock(other, () => "both held"))).toBe("both held");
  rmSync(other, { recursive: true });
});

test("a failing work lets go", async () => {
  await expect(withLock(clone, () => Promise.reject(new Error("work failed")))).rejects.toThrow("work failed");
  expect(await withLock(clone, () => "free")).toBe("free");
});

test("a holder that was killed holds nothing", async () => {
  const script = `
    import { withLock } from ${JSON.stringify(new URL("lock.mjs", import.meta.url).href)};
    await withLock(${JSON.stringify(clone)}, () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1e6)); });`;
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  await once(holder.stdout, "data");

  const waiting = withLock(clone, () => "taken over");
  holder.kill("SIGKILL");

  expect(await waiting).toBe("taken over");
});
