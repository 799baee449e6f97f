import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../bin/trialdeck.ts", import.meta.url));

export interface TrialdeckServer {
  origin: string;
  /** Signs a browser in, once. */
  signInUrl: string;
  /** For scripts. */
  token: string;
  stateDir: string;
  /** What it printed so far. */
  output(): string;
  /** The answer of a GET below `/api/v1`. */
  ask<Answer>(path: string): Promise<Answer>;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the real server on free ports with a state of its own, as the command line would. */
export async function startTrialdeck(
  targets: readonly string[],
  options: { stateDir?: string; args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<TrialdeckServer> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "trialdeck-e2e-")));
  const child = spawn(
    process.execPath,
    [command, "serve", ...targets, "--port", "0", "--no-open", ...(options.args ?? [])],
    {
      env: { ...process.env, NODE_ENV: "production", TRIALDECK_STATE_DIR: stateDir, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  const signInUrl = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const address = /^Open (\S+)$/m.exec(output)?.[1];
      if (address) resolve(address);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}:\n${output}`)));
  });
  const { origin } = new URL(signInUrl);
  const token = options.env?.TRIALDECK_TOKEN ?? (await readFile(join(stateDir, "token"), "utf8")).trim();
  return {
    origin,
    signInUrl,
    token,
    stateDir,
    output: () => output,
    process: child,
    async ask<Answer>(path: string): Promise<Answer> {
      const response = await fetch(`${origin}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as Answer;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      if (!options.stateDir) await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** A source as the API tells it. */
export interface SourceAnswer {
  id: string;
  label: string;
  status: string;
  hints: string[];
  indexed: { runs: number; entries: number; complete: boolean };
  error?: { code: string; message: string; remedy?: string };
}

/** Asks until the sources are read completely. */
export async function untilIndexed(server: TrialdeckServer): Promise<void> {
  for (;;) {
    const { items } = await server.ask<{ items: SourceAnswer[] }>("/sources");
    const failed = items.find(({ error }) => error);
    if (failed) throw new Error(failed.error?.message);
    if (items.length > 0 && items.every(({ status, indexed }) => status === "ready" && indexed.complete)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
