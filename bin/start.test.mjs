import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashSources } from "./bootstrap/build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
let clone;

/** A clone with the packages and a build at hand, and a command that tells how it was called. */
beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), "trialdeck-start-")));
  for (const folder of [".next", "app", "bin", "work"]) mkdirSync(join(clone, folder));
  cpSync(join(root, "bin/bootstrap"), join(clone, "bin/bootstrap"), { recursive: true });
  for (const file of ["package-lock.json", "bin/start.mjs"]) copyFileSync(join(root, file), join(clone, file));
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  writeFileSync(join(clone, "app/page.tsx"), "export default () => null;\n");
  writeFileSync(join(clone, ".next/BUILD_ID"), "1");
  writeFileSync(join(clone, ".next/stamp"), hashSources(clone));
  writeFileSync(
    join(clone, "bin/trialdeck.ts"),
    `process.on("SIGTERM", () => process.exit(7));
     const said: object = { args: process.argv.slice(2), cwd: process.cwd(), node: process.versions.node };
     console.log(JSON.stringify(said));
     if (process.argv.includes("wait")) setInterval(() => {}, 1_000_000);
     process.exitCode = 2;`,
  );
});
afterEach(() => rmSync(clone, { recursive: true }));

function start(args, env = {}) {
  const { npm_lifecycle_event: _event, INIT_CWD: _folder, ...ours } = process.env;
  const options = { cwd: clone, env: { ...ours, ...env } };
  return spawn(process.execPath, ["bin/start.mjs", ...args], options);
}

test("arguments go in, output and exit code come out, and standard output holds nothing else", async () => {
  const child = start(["doctor", "redis://localhost", "--json"]);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);

  const said = JSON.parse(output);
  expect(said.args).toEqual(["doctor", "redis://localhost", "--json"]);
  expect(Number.parseInt(said.node, 10)).toBeGreaterThanOrEqual(24);
  expect(code).toBe(2);
});

test("in an npm script the command runs where it was typed", async () => {
  const typedIn = join(clone, "work");
  const child = start(["why", "."], { npm_lifecycle_event: "trialdeck", INIT_CWD: typedIn });
  expect(JSON.parse(await text(child.stdout)).cwd).toBe(typedIn);
});

test("a build made from these sources is used as it is", async () => {
  const child = start(["./workspace"]);
  const [output, notes] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(JSON.parse(output).args).toEqual(["./workspace"]);
  expect(notes).toBe("");
});

test("SIGTERM reaches the command, whose exit code is ours", async () => {
  const child = start(["wait"]);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([7, null]);
});

test("a changed source makes a build necessary; a test or a note beside it does not", () => {
  const before = hashSources(clone);
  writeFileSync(join(clone, "app/page.test.tsx"), "");
  writeFileSync(join(clone, "app/README.md"), "");
  expect(hashSources(clone)).toBe(before);

  writeFileSync(join(clone, "app/page.tsx"), "export default () => 1;\n");
  expect(hashSources(clone)).not.toBe(before);
});
