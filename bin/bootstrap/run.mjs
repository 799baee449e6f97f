import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { Failure, say } from "./failure.mjs";

/** Exit code of a child as a shell would say it: 128 + the signal's number where a signal ended it. */
export function exitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs a program to its end and answers its exit code. What it prints goes to our standard error, or to `onOutput`.
 * It has a process group of its own, so that nothing it started outlives it or us; after `limit` ms the group is ended.
 */
export function run(program, args, { cwd, env = process.env, onOutput, limit } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = onOutput ? ["ignore", "pipe", "pipe"] : ["ignore", 2, 2];
    const child = spawn(program, args, { cwd, env, stdio, detached: true });
    child.stdout?.on("data", onOutput);
    child.stderr?.on("data", onOutput);

    const endGroup = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group has ended by itself.
      }
    };
    const overdue = () => {
      say(`Ended after ${limit / 60_000} min: ${program} ${args.join(" ")}`);
      endGroup("SIGKILL");
    };
    const timer = limit && setTimeout(overdue, limit);
    const interrupt = (signal) => {
      endGroup(signal);
      process.exit(128 + constants.signals[signal]);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, interrupt);
    const settle = () => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, interrupt);
    };

    child.on("error", (error) => {
      settle();
      reject(new Failure(`${program} could not be started: ${error.message}.`, "Install it, then start again."));
    });
    child.on("close", (code, signal) => {
      settle();
      if (limit) endGroup("SIGKILL");
      resolve(exitCode(code, signal));
    });
  });
}

/**
 * npm, run by the Node it was installed with. Inside an npm script `node` is the one in `node_modules`, which
 * `npm ci` is about to remove under its own feet.
 */
export function npmCommand(root) {
  const bin = join(root, "node_modules");
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(bin));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli?.endsWith("npm-cli.js") && node && !node.startsWith(bin)) return { program: node, first: [cli], env };
  return { program: "npm", first: [], env };
}
