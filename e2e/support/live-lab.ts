import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "playwright/test";
import { readRedisEntries, readSqliteEntries } from "./changed-store.ts";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool } from "./expops.ts";
import type { TestRedis } from "./redis-server.ts";
import { startTrialdeck, type TrialdeckServer } from "./trialdeck-server.ts";

export interface LabRun {
  id: string;
  source: string;
  status: string;
  startedAt: string;
  steps: { process: string; step: string | null; origin: string; entryId: string | null }[];
}
export interface LabOperation {
  id: string;
  kind: string;
  status: string;
  items: { key: string; outcome: string; message: string }[];
}
export interface LabPlan {
  id: string;
  fingerprint: string;
  totals: { entries: number; recomputeSeconds: number };
  kept: { reason: string }[];
  warnings: string[];
  lifeSeconds: number | null;
}

/** A workspace in which the real ExpOps runs, with the product beside it. The tool is the judge of what the product does to its cache. */
export class LiveLab {
  readonly workspace: LiveWorkspace;
  readonly redis: TestRedis | null;
  readonly #python: string;
  readonly #stateDir: string;
  #server: TrialdeckServer;
  #runs = 0;

  private constructor(
    parts: { python: string; stateDir: string; workspace: LiveWorkspace; redis: TestRedis | null },
    server: TrialdeckServer,
  ) {
    this.#python = parts.python;
    this.#stateDir = parts.stateDir;
    this.workspace = parts.workspace;
    this.redis = parts.redis;
    this.#server = server;
  }

  /** `redis`: where its index stands; `null`: in SQLite. */
  static async open(redis: TestRedis | null): Promise<LiveLab> {
    const python = await installExpops();
    const backend = redis ? `type: redis\n      host: 127.0.0.1\n      port: ${redis.port}` : undefined;
    const workspace = await openLiveWorkspace(backend);
    await workspace.editConfig("pause: 0.1", "pause: 0.02");
    const stateDir = await mkdtemp(join(tmpdir(), "live-lab-"));
    const server = await startTrialdeck([workspace.path], { stateDir });
    return new LiveLab({ python, stateDir, workspace, redis }, server);
  }

  get server(): TrialdeckServer {
    return this.#server;
  }

  get database(): string {
    return join(this.workspace.project, ".tide-lab", "metrics.sqlite");
  }

  /** Records of the cache as they are stored, past the product. */
  async stored(): Promise<Map<string, string>> {
    return this.redis ? readRedisEntries(this.redis.client) : readSqliteEntries(this.database);
  }

  /** The product is started again, and has read everything. */
  async restart(): Promise<void> {
    await this.#server.stop();
    this.#server = await startTrialdeck([this.workspace.path], { stateDir: this.#stateDir });
    await this.#untilReadAfter(Date.now());
  }

  /** The tool runs to its end; answers the run as the product tells it. */
  async run(): Promise<LabRun> {
    const tool = runTool(this.#python, this.workspace);
    expect(await tool.ended, tool.output()).toBe(0);
    this.#runs += 1;
    const completed = async () => {
      const { items } = await this.#server.ask<{ items: LabRun[] }>("/runs");
      return items.filter(({ status }) => status === "completed").length;
    };
    await expect.poll(completed, { timeout: 60_000 }).toBe(this.#runs);
    // A plan made of what was known before the run's end would meet entries that the run has written since.
    await this.#untilReadAfter(Date.now());
    await expect.poll(async () => (await this.newest()).steps.length, { timeout: 60_000 }).toBeGreaterThan(0);
    return this.newest();
  }

  async newest(): Promise<LabRun> {
    const { items } = await this.#server.ask<{ items: LabRun[] }>("/runs?sort=-started&limit=1");
    const { source, id } = items[0]!;
    return this.#server.ask<LabRun>(`/sources/${source}/runs/${id}`);
  }

  async plan(body: object): Promise<LabPlan> {
    const { source } = await this.newest();
    return this.post<LabPlan>(`/sources/${source}/cache/plans`, body);
  }

  /** Applies a plan and waits for its end. */
  async apply({ id, fingerprint }: LabPlan): Promise<LabOperation> {
    const { source } = await this.newest();
    return this.finish(await this.post(`/sources/${source}/cache/plans/${id}/apply`, { fingerprint }));
  }

  async undo({ id }: LabOperation): Promise<LabOperation> {
    return this.finish(await this.post(`/operations/${id}/restore`, {}));
  }

  async finish({ operationId }: { operationId: string }): Promise<LabOperation> {
    const ask = () => this.#server.ask<LabOperation>(`/operations/${operationId}`);
    await expect.poll(async () => (await ask()).status).not.toBe("running");
    return ask();
  }

  async post<Answer>(path: string, body: object): Promise<Answer> {
    const answer = await fetch(`${this.#server.origin}/api/v1${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#server.token}`,
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
      },
      body: JSON.stringify(body),
    });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return (await answer.json()) as Answer;
  }

  async close(): Promise<void> {
    await this.#server.stop();
    await this.workspace.remove();
    await rm(this.#stateDir, { recursive: true, force: true });
  }

  async #untilReadAfter(time: number): Promise<void> {
    const readAt = async () => {
      const { items } = await this.#server.ask<{ items: { status: string; asOf: string | null }[] }>("/sources");
      const [source] = items;
      return source?.status === "ready" ? Date.parse(source.asOf ?? "") || 0 : 0;
    };
    await expect.poll(readAt, { timeout: 60_000 }).toBeGreaterThan(time);
  }
}

/** One run in a hundred begins a process once more after its end, and leaves it as running for ever: it executed it all the same. */
export function wasExecuted({ origin }: { origin: string }): boolean {
  return origin === "executed" || origin === "unknown";
}

/** What a run made itself, by the name of the step or process. */
export function executedIn({ steps }: LabRun): string[] {
  return steps
    .filter(wasExecuted)
    .map(({ process, step }) => step ?? process)
    .sort();
}
