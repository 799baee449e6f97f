import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { Redis } from "ioredis";

export interface TestRedis {
  url: string;
  port: number;
  client: Redis;
  stop(): Promise<void>;
}

/** A real redis-server of the test's own; fails when there is none to start. */
export async function startRedis(args: readonly string[] = []): Promise<TestRedis> {
  const port = await freePort();
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
  const client = new Redis(port, "127.0.0.1");
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    client,
    async stop() {
      client.disconnect();
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
