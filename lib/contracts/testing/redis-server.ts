import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RedisServer {
  port: number;
  /** Address of database 0, without credentials. */
  url: string;
  /** Freezes the process: connections are accepted and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it in order. Harmless when it has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a real Redis that keeps nothing on disk, on a free port unless one is given. `args` are its options, such as
 * `["--requirepass", "pw"]` or `["--notify-keyspace-events", "KA"]`. Rejects when `redis-server` is not installed.
 */
export async function startRedis(options: { args?: string[]; port?: number } = {}): Promise<RedisServer> {
  const port = options.port ?? (await findFreePort());
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-redis-"));
  const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const server = spawn("redis-server", [...fixed, ...(options.args ?? [])], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "close");
  ended.catch(() => undefined);
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill(signal);
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await becomeReady(server);
  } catch (error) {
    if (server.pid !== undefined) await end("SIGKILL");
    throw error;
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}/0`,
    freeze: () => server.kill("SIGSTOP"),
    thaw: () => server.kill("SIGCONT"),
    kill: () => end("SIGKILL"),
    stop: async () => {
      server.kill("SIGCONT");
      await end("SIGTERM");
    },
  };
}

function becomeReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
      if (said.includes("eady to accept connections")) resolve();
    };
    server.stdout?.on("data", listen);
    server.stderr?.on("data", listen);
    server.once("error", (cause) => {
      const advice = "redis-server cannot be started: install it, or leave redis out of ENGINES";
      reject(new Error(advice, { cause }));
    });
    server.once("close", (code) => reject(new Error(`redis-server ended with ${code}:\n${said}`)));
  });
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
