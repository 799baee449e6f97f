import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "./redis-server.ts";

export interface ObjectStore {
  /** `http://127.0.0.1:<port>`: what an emulator's address is in settings. */
  url: string;
  makeBucket(bucket: string, options?: { versioning?: boolean }): Promise<void>;
  put(
    bucket: string,
    name: string,
    content: string | Uint8Array,
    options?: { contentEncoding?: string },
  ): Promise<void>;
  remove(bucket: string, name: string): Promise<void>;
  /** Freezes the process: connections are accepted and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it, and all that it holds. Harmless when it has ended. */
  stop(): Promise<void>;
}

/** For a `beforeAll` that may have to build the server first. */
export const buildMillis = 600_000;

const run = promisify(execFile);
const version = "v1.56.1";
const install = `go install github.com/fsouza/fake-gcs-server@${version}`;

/** Starts a fake-gcs-server that holds everything in memory, on a free port unless one is given. Builds it when this machine has none. */
export async function startObjectStore(options: { port?: number } = {}): Promise<ObjectStore> {
  const program = await findProgram();
  const port = options.port ?? (await findFreePort());
  const address = `127.0.0.1:${port}`;
  const url = `http://${address}`;
  const place = ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-public-host", address];
  const quiet = ["-log-level", "error"];
  const server = spawn(program, [...place, "-backend", "memory", ...quiet], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(server, "close");
  ended.catch(() => undefined);
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill("SIGKILL");
    await ended;
  };
  try {
    await becomeReady(server, url);
  } catch (error) {
    if (server.pid !== undefined) await stop();
    throw error;
  }
  return {
    url,
    async makeBucket(bucket, { versioning = false } = {}) {
      const body = JSON.stringify({ name: bucket, versioning: { enabled: versioning } });
      await send(`${url}/storage/v1/b?project=test`, { method: "POST", body });
    },
    async put(bucket, name, content, { contentEncoding } = {}) {
      const query = new URLSearchParams({ uploadType: "media", name, ...(contentEncoding && { contentEncoding }) });
      await send(`${url}/upload/storage/v1/b/${bucket}/o?${query}`, { method: "POST", body: Buffer.from(content) });
    },
    async remove(bucket, name) {
      await send(`${url}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`, { method: "DELETE" });
    },
    freeze: () => server.kill("SIGSTOP"),
    thaw: () => server.kill("SIGCONT"),
    stop,
  };
}

async function send(url: string, init: RequestInit): Promise<void> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${init.method} ${url}: ${answer.status} ${text}`);
}

async function becomeReady(server: ChildProcess, url: string): Promise<void> {
  let said = "";
  server.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  for (let tries = 0; tries < 500; tries++) {
    if (server.exitCode !== null) throw new Error(`fake-gcs-server ended with ${server.exitCode}:\n${said}`);
    const answer = await fetch(`${url}/_internal/healthcheck`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await sleep(20);
  }
  throw new Error(`fake-gcs-server does not answer:\n${said}`);
}

/** On the path, where go puts programs, or built once into the cache folder. */
async function findProgram(): Promise<string> {
  const name = process.platform === "win32" ? "fake-gcs-server.exe" : "fake-gcs-server";
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "trialdeck", "test-engines", `fake-gcs-server-${version}`);
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const place of [...onPath, folder, ...(await goFolders())]) {
    if (await isProgram(join(place, name))) return join(place, name);
  }
  return build(folder, name);
}

async function goFolders(): Promise<string[]> {
  const answer = await run("go", ["env", "GOPATH"]).catch(() => null);
  return answer === null
    ? []
    : answer.stdout
        .trim()
        .split(delimiter)
        .map((path) => join(path, "bin"));
}

/** Whoever comes second waits for the first one's. A lock that is left over from a crash is taken away once no build takes so long. */
async function build(folder: string, name: string): Promise<string> {
  const program = join(folder, name);
  await mkdir(join(folder, ".."), { recursive: true });
  const lock = `${folder}.lock`;
  for (const until = Date.now() + buildMillis; Date.now() < until; await sleep(500)) {
    const isMine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (!isMine) {
      if (await isProgram(program)) return program;
      const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < Date.now() - buildMillis) await rm(lock, { recursive: true, force: true });
      continue;
    }
    try {
      return (await isProgram(program)) ? program : await buildInto(folder, name);
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  throw new Error(`another build of fake-gcs-server does not end; remove ${lock}, or type: ${install}`);
}

async function buildInto(folder: string, name: string): Promise<string> {
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    const env = { ...process.env, GOBIN: unfinished };
    await run("go", install.split(" ").slice(1), { env, timeout: buildMillis, maxBuffer: 2 ** 24 });
    await mkdir(folder, { recursive: true });
    await rename(join(unfinished, name), join(folder, name));
    return join(folder, name);
  } catch (cause) {
    throw new Error(`fake-gcs-server is not there and cannot be built: install Go, then type: ${install}`, { cause });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
