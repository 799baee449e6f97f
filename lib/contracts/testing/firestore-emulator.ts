import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "./redis-server.ts";

export interface FirestoreEmulator {
  /** `host:port`. */
  host: string;
  port: number;
  /** A project that nobody used before: the emulator has them all, empty. */
  newProject(): string;
  /** Ends it. Harmless when it has ended; one that was there before stays. */
  stop(): Promise<void>;
}

const readyWithinMs = 40_000;

/**
 * Starts Google's own Firestore emulator on a free port, or takes the one that FIRESTORE_EMULATOR_HOST names. The variable is taken out
 * of the environment, since the client would follow it past every proxy. One thing it does wrong: a document that is written in the very
 * moment in which a watch is taken up again may be told only with the next change of its collection, though it says that all was told.
 * Rejects, with the line to type, where no emulator is installed.
 */
export async function startFirestoreEmulator(): Promise<FirestoreEmulator> {
  const given = process.env.FIRESTORE_EMULATOR_HOST;
  delete process.env.FIRESTORE_EMULATOR_HOST;
  if (given) return emulatorAt(given, async () => undefined);
  const [program, ...args] = await findEmulator();
  const port = await findFreePort();
  // A group of its own, since the program is a shell script that starts Java; the group ends when this process does and its pipe closes.
  const endWithPipe = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 0) & exec "$@" </dev/null';
  const command = ["-c", endWithPipe, "sh", program, ...args, "--host=127.0.0.1", `--port=${port}`];
  const server = spawn("sh", command, {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, JAVA_TOOL_OPTIONS: "-Xmx256m -XX:TieredStopAtLevel=1" },
  });
  const end = () => endGroup(server);
  try {
    await becomeReady(server, port);
  } catch (error) {
    await end();
    throw error;
  }
  return emulatorAt(`127.0.0.1:${port}`, end);
}

function emulatorAt(host: string, stop: () => Promise<void>): FirestoreEmulator {
  return { host, port: Number(host.split(":").at(-1)), newProject: () => `demo-${randomUUID().slice(0, 8)}`, stop };
}

/** The command that starts it: of the Google Cloud CLI, or with the jar that `firebase-tools` fetched. */
async function findEmulator(): Promise<[string, ...string[]]> {
  const inSdk = "platform/cloud-firestore-emulator/cloud_firestore_emulator";
  const packaged = join("/usr/lib/google-cloud-sdk", inSdk);
  if (existsSync(packaged)) return [packaged, "start"];
  const { stdout } = await promisify(execFile)("gcloud", ["info", "--format=value(installation.sdk_root)"]).catch(
    () => ({ stdout: "" }),
  );
  const own = join(stdout.trim(), inSdk);
  if (stdout.trim() !== "" && existsSync(own)) return [own, "start"];
  const jar = globSync(join(homedir(), ".cache/firebase/emulators/cloud-firestore-emulator-*.jar")).sort().at(-1);
  if (jar !== undefined) return ["java", "-jar", jar];
  throw new Error(
    "the Firestore emulator is not installed. Type: gcloud components install cloud-firestore-emulator " +
      "(or: sudo apt-get install google-cloud-cli-firestore-emulator, or: npx firebase-tools setup:emulators:firestore), " +
      "or leave firestore out of ENGINES",
  );
}

async function becomeReady(server: ChildProcess, port: number): Promise<void> {
  let said = "";
  let failure: Error | null = null;
  const listen = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  server.stdout?.on("data", listen);
  server.stderr?.on("data", listen);
  server.once("error", (cause) => {
    failure = new Error("the Firestore emulator cannot be started: it needs Java 11 or newer", { cause });
  });
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && failure === null && isRunning(server)) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw failure ?? new Error(`the Firestore emulator did not become ready:\n${said}`);
}

function isRunning(server: ChildProcess): boolean {
  return server.pid !== undefined && server.exitCode === null && server.signalCode === null;
}

/** Kills it: it holds nothing that had to be written, and would wait for open streams when asked politely. */
async function endGroup(server: ChildProcess): Promise<void> {
  if (!isRunning(server) || server.pid === undefined) return;
  const ended = once(server, "close");
  process.kill(-server.pid, "SIGKILL");
  await ended;
}
