import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Line, median } from "../figures.ts";
import type { Sizes } from "../sizes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const lookMillis = 20;
const limitMillis = 300_000;

/** `npm start` on what is built and was started before, until it answers. */
export async function measureStart({ repeats }: Sizes): Promise<Line[]> {
  const state = await mkdtemp(join(tmpdir(), "trialdeck-bench-state-"));
  try {
    await startOnce(state);
    const took: number[] = [];
    for (let time = 0; time < repeats; time += 1) took.push(await startOnce(state));
    return [{ what: "Second npm start, until it answers", unit: "s", gate: 3, aim: 1, measured: median(took) / 1000 }];
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** Milliseconds until the first answer; the server is ended again. */
async function startOnce(state: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn("npm", ["start", "--", "--no-open", "--port", String(port)], {
    cwd: root,
    env: { ...process.env, TRIALDECK_STATE_DIR: state },
    stdio: "ignore",
    detached: true,
  });
  const ended = once(child, "exit");
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/health`).catch(() => null);
      if (answer?.status === 200) return performance.now() - begun;
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
      if (performance.now() - begun > limitMillis) throw new Error("npm start does not answer.");
      await new Promise((resolve) => setTimeout(resolve, lookMillis));
    }
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, "SIGTERM");
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
