import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./bootstrap/build.mjs";
import { runMain } from "./bootstrap/failure.mjs";
import { ensureInstalled } from "./bootstrap/install.mjs";
import { findNode } from "./bootstrap/node.mjs";
import { exitCode } from "./bootstrap/run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);

/** The commands that answer in the terminal need no pages. */
function servesPages() {
  const command = args.find((arg) => !arg.startsWith("-"));
  return !["doctor", "why", "help"].includes(command) && !args.some((arg) => /^(-h|--help|-v|--version)$/.test(arg));
}

/** A script of npm runs in the package's folder; a target that is relative means the folder where it was typed. */
function typedIn() {
  const byNpm = ["start", "trialdeck"].includes(process.env.npm_lifecycle_event ?? "");
  return (byNpm && process.env.INIT_CWD) || process.cwd();
}

/**
 * Memory counts for more than the last bit of speed in a server that mostly rests: a small young generation in each thread, and `gc` at hand for
 * when a sweep is over. glibc would give each thread an arena of its own and keep what it once took: two do for all, and
 * what is larger than 128 KiB goes back at once (https://man7.org/linux/man-pages/man3/mallopt.3.html).
 */
const thrift = {
  flags: ["--max-semi-space-size=4", "--expose-gc"],
  env: { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" },
};

function goOn(node) {
  const command = fileURLToPath(new URL("trialdeck.ts", import.meta.url));
  // Stripped types and compiled code are kept: the next start is quicker, and no thread needs the type stripper in its memory.
  const kept = join(root, "node_modules", ".cache", "trialdeck");
  const usual = { ...thrift.env, NODE_COMPILE_CACHE: kept };
  const env = { ...usual, ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const child = spawn(node, [...thrift.flags, command, ...args], { stdio: "inherit", cwd: typedIn(), env });
  // Ctrl-C in a terminal reaches the child too: passing it on would make it two.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(exitCode(code, signal)));
  });
}

await runMain(async () => {
  await ensureInstalled(root);
  const node = findNode(root);
  if (servesPages()) await ensureBuilt(root, node);
  return goOn(node);
});
