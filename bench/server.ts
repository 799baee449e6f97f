import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { readChildren } from "./memory.ts";

export interface BenchServer {
  origin: string;
  token: string;
  /** The process that serves; the one that started it is not it. */
  pid: number;
  /** The answer of a GET below `/api/v1`. */
  ask<Answer>(path: string): Promise<Answer>;
  /** The answer of a POST there. */
  send<Answer>(path: string, body: object): Promise<Answer>;
  /** How late the timers of the main thread came since last asked, ms. */
  readDelay(): Promise<{ p50: number; p99: number; max: number }>;
  /** Waits until everything is indexed; answers the seconds since the server listened. */
  untilIndexed(): Promise<number>;
  stop(): Promise<void>;
}

interface Sources {
  items: { status: string; indexed: { complete: boolean }; error?: { message: string } }[];
}

const starter = fileURLToPath(new URL("../bin/start.mjs", import.meta.url));
const preload = fileURLToPath(new URL("./delay-preload.ts", import.meta.url));
const lookMillis = 100;

/** The server as `npm start` starts it, with a state of its own: an empty one, or a copy of `state`. `targets` none: the bundled project. */
export async function startServer(
  targets: readonly string[],
  { state, env = {} }: { state?: string; env?: Record<string, string> } = {},
): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-bench-state-"));
  if (state) await cp(state, folder, { recursive: true });
  const socket = join(folder, "delay.sock");
  const shown = targets.length > 0 ? targets : ["demo"];
  const child = spawn(process.execPath, [starter, ...shown, "--port", "0", "--no-open"], {
    cwd: folder,
    env: {
      ...process.env,
      ...env,
      TRIALDECK_STATE_DIR: folder,
      NODE_OPTIONS: `--import=${preload}`,
      BENCH_DELAY_SOCKET: socket,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const { origin } = new URL(await readAddress(child.stdout, ended));
  const begun = performance.now();
  const token = (await readFile(join(folder, "token"), "utf8")).trim();
  const pid = readChildren(child.pid!).find((one) => readFileSync(`/proc/${one}/cmdline`).includes("trialdeck.ts"))!;

  async function call<Answer>(
    path: string,
    init: { method: string; headers?: object; body?: string },
  ): Promise<Answer> {
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    const response = await fetch(`${origin}/api/v1${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${init.method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  const ask = <Answer>(path: string) => call<Answer>(path, { method: "GET" });

  function send<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
    return call<Answer>(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async function isIndexed(): Promise<boolean> {
    const { items } = await ask<Sources>("/sources");
    const failed = items.find(({ error }) => error);
    if (failed) throw new Error(failed.error?.message);
    return items.length > 0 && items.every(({ status, indexed }) => status === "ready" && indexed.complete);
  }

  return {
    ...{ origin, token, pid, ask, send },
    async readDelay() {
      return JSON.parse(await text(createConnection(socket)));
    },
    async untilIndexed() {
      while (!(await isIndexed())) await new Promise((resolve) => setTimeout(resolve, lookMillis));
      return (performance.now() - begun) / 1000;
    },
    async stop() {
      if (child.exitCode === null) child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The address that the server prints when it listens. */
async function readAddress(output: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<string> {
  let printed = "";
  const address = new Promise<string>((resolve) => {
    output.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^Open (\S+)$/m.exec(printed)?.[1];
      if (found) resolve(found);
    });
  });
  const failure = ended.then(() => {
    throw new Error(`The server ended:\n${printed}`);
  });
  return Promise.race([address, failure]);
}
