import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { OpenSlots } from "../../../contracts/layout.ts";
import { openMemoryKeyValueDriver } from "../../../drivers/memory/memory-key-value-driver.ts";
import { openSqliteDriver } from "../../../drivers/sqlite/sqlite-driver.ts";
import { encodeProbePath, probePathOf } from "../names.ts";

export const version = "f".repeat(64);
export const hashes = { input: "a".repeat(64), config: "b".repeat(64), function: "c".repeat(64) };

/** Writes rows as the tool does, below their SQLite keys. Names of processes are the author's. */
export class StoredProject {
  readonly project: string;
  readonly rows = new Map<string, string>();

  constructor(project = "lab") {
    this.project = project;
  }

  /** Stored name of a process. */
  static xpath(process: string): string {
    return `//process[@name='${process}']`;
  }

  runName(at: string, digits = "0123abcd"): string {
    return `project-${this.project}-${at}-${digits}`;
  }

  /** Recorded path of a result. */
  resultPath(process: string, step: string | null = null, parts = hashes, ofVersion = version): string {
    const stored = StoredProject.xpath(process);
    const folder = encodeProbePath(probePathOf(stored, step));
    const names = step === null ? `stable_process__${stored}` : `stable_${stored}_${step}`;
    const file = `${names.replace(/[/ ]/g, "_")}_${parts.input}_${parts.config}_${parts.function}.pkl`;
    return `/srv/ws/${this.project}/.${this.project}/cache/${ofVersion}/${folder}/steps/${file}`;
  }

  status(run: string, word: string, times: { start?: number | null; end?: number | null } = {}): this {
    this.rows.set(`runs:${run}:status`, JSON.stringify(word));
    return this.set(`runs:${run}:timestamps`, { start: times.start ?? null, end: times.end ?? null });
  }

  use(run: string, process: string, step: string | null, record: Record<string, unknown>): this {
    return this.set(`runs:${run}:steps:${StoredProject.xpath(process)}:${step ?? "__process__"}`, record);
  }

  metrics(run: string, process: string, step: string | null, values: Record<string, unknown>): this {
    return this.set(
      `metric:${run}:probe_path:${encodeProbePath(probePathOf(StoredProject.xpath(process), step))}`,
      values,
    );
  }

  entry(process: string, step: string | null, record: Record<string, unknown>, parts = hashes): this {
    const head =
      step === null ? `process:${StoredProject.xpath(process)}` : `steps:${StoredProject.xpath(process)}:${step}`;
    return this.set(`${head}:${parts.input}:${parts.config}:${parts.function}`, record);
  }

  set(key: string, record: unknown): this {
    // NaN and the infinities as Python writes them.
    const text = JSON.stringify(record, (_, value) =>
      typeof value === "number" && !Number.isFinite(value) ? `\u0001${value}` : value,
    );
    this.rows.set(key, text.replace(/"\\u0001(.*?)"/g, "$1"));
    return this;
  }

  /** The rows as Redis keeps them: below the project's prefix, the hashes after `idx`, the status as a bare word. */
  redisRows(): Map<string, string> {
    const rows = [...this.rows].map(([key, text]): [string, string] => {
      const hashesBegin = /(?=:(?:[0-9a-f]{64}|none):[0-9a-f]{64}:(?:[0-9a-f]{64}|none)$)/;
      const stored = key.startsWith("runs:") || key.startsWith("metric:") ? key : key.replace(hashesBegin, ":idx");
      return [`mlops:projects:${this.project}:${stored}`, key.endsWith(":status") ? String(JSON.parse(text)) : text];
    });
    return new Map(rows);
  }

  async redisSlots(): Promise<OpenSlots> {
    return { index: [{ driver: await openMemoryKeyValueDriver({ values: this.redisRows() }), scope: null }] };
  }

  /** A database file below a folder, as the tool keeps it, opened for reading. */
  async sqliteSlots(folder: string, at: number): Promise<OpenSlots> {
    const path = join(folder, this.project, `.${this.project}`, "metrics.sqlite");
    await mkdir(dirname(path), { recursive: true });
    this.saveSqlite(path, at);
    return { index: [{ driver: await openSqliteDriver({ path, watchEveryMs: 20 }), scope: this.project }] };
  }

  /** Writes all rows into a database file, with the time of writing in seconds. */
  saveSqlite(path: string, at: number): void {
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)");
    database.exec("CREATE INDEX IF NOT EXISTS idx_kv_updated_at ON kv(updated_at)");
    const insert = database.prepare("INSERT OR REPLACE INTO kv VALUES (?, ?, ?)");
    database.exec("BEGIN");
    for (const [key, text] of this.rows) insert.run(key, text, at);
    database.exec("COMMIT");
    database.close();
  }
}
