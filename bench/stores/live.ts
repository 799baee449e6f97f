import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startRedis } from "../../e2e/support/redis-server.ts";
import { startFirestoreEmulator } from "../../lib/contracts/testing/firestore-emulator.ts";
import { documentsOfRows } from "../../lib/layouts/expops/testing/move-store.ts";
import { StoredProject } from "../../lib/layouts/expops/testing/stored-project.ts";
import { clientOf } from "./cloud.ts";

/** A store that a run is being written into. */
export interface LiveStore {
  target: string;
  /** What tells a server where an emulator is. */
  env: Record<string, string>;
  write(stored: StoredProject): Promise<void>;
  /** Questions that the store was asked in all; `null`: it does not count them. */
  questions: (() => Promise<number>) | null;
  stop(): Promise<void>;
}

const project = "live";

export async function openLiveSqlite(): Promise<LiveStore> {
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-bench-live-"));
  const path = join(folder, project, `.${project}`, "metrics.sqlite");
  await mkdir(join(path, ".."), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL");
  return {
    target: `sqlite:${path}`,
    env: {},
    questions: null,
    write: async (stored) => stored.saveSqlite(path, Date.now() / 1000),
    async stop() {
      database.close();
      await rm(folder, { recursive: true });
    },
  };
}

export async function openLiveRedis(notifications: string): Promise<LiveStore> {
  const redis = await startRedis(["--notify-keyspace-events", notifications]);
  return {
    target: redis.url,
    env: {},
    async write(stored) {
      await redis.client.mset(stored.redisRows());
    },
    async questions() {
      return Number(/total_commands_processed:(\d+)/.exec(await redis.client.info("stats"))?.[1]);
    },
    stop: () => redis.stop(),
  };
}

export async function openLiveFirestore(): Promise<LiveStore> {
  const emulator = await startFirestoreEmulator();
  const projectId = emulator.newProject();
  const client = clientOf(emulator, projectId);
  let written = new Map<string, string>();
  return {
    target: `firestore://${projectId}`,
    env: { FIRESTORE_EMULATOR_HOST: emulator.host },
    questions: null,
    async write(stored) {
      const documents = documentsOfRows(stored.rows, project);
      const now = new Map(Object.entries(documents).map(([at, fields]) => [at, JSON.stringify(fields)]));
      const changed = [...now].filter(([at, text]) => written.get(at) !== text);
      await Promise.all(changed.map(([at]) => client.doc(at).set(documents[at]!)));
      written = now;
    },
    async stop() {
      await client.terminate();
      await emulator.stop();
    },
  };
}

/** A run at work that has logged so many rounds. */
export function runAtWork(run: string, startedAt: number, rounds: number): StoredProject {
  const stored = new StoredProject(project);
  stored.status(run, "running", { start: startedAt });
  stored.use(run, "fit", null, { status: "running", started_at: startedAt, execution_time: 0 });
  const points = Array.from({ length: rounds }, (_, at) => [String(at + 1), at + 1]);
  return stored.metrics(run, "fit", null, { round: Object.fromEntries(points) });
}
