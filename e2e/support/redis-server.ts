import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { Redis } from "ioredis";

export interface TestRedis {
  url: string;
  port: number;
  client: Redis;
  /** Stops or ends the process as a fault would: `SIGSTOP`, `SIGCONT`, `SIGKILL`. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** A real redis-server of the test's own, on a free port unless one is asked for; fails when there is none to start. */
export async function startRedis(args: readonly string[] = [], askedPort?: number): Promise<TestRedis> {
  const port = askedPort ?? (await freePort());
  const server = spawn("redis-server", ["--port", String(port), "--save", "", "--appendonly", "no", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    server.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("Ready to accept connections")) resolve();
    });
  });
  const password = args[args.indexOf("--requirepass") + 1];
  const client = new Redis({ port, ...(args.includes("--requirepass") && { password }) });
  // Tests take the server away on purpose.
  client.on("error", () => undefined);
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    client,
    signal: (name) => void server.kill(name),
    async stop() {
      client.disconnect();
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
    },
  };
}

interface DumpedKey {
  key: string;
  type: "string" | "hash";
  pttl: number;
  value?: string;
  hash?: Record<string, string>;
  b64?: boolean;
}

/** Puts a dump (one JSON line a key) into a Redis, with or without the recorded times to live. */
export async function loadDump(client: Redis, path: string, { ttl }: { ttl: boolean }): Promise<void> {
  const batch = client.pipeline();
  for (const line of (await readFile(path, "utf8")).split("\n").filter(Boolean)) {
    const row = JSON.parse(line) as DumpedKey;
    if (row.type === "hash") batch.hset(row.key, row.hash ?? {});
    else batch.set(row.key, row.b64 ? Buffer.from(row.value ?? "", "base64") : (row.value ?? ""));
    if (ttl && row.pttl > 0) batch.pexpire(row.key, row.pttl);
  }
  await batch.exec();
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
