import { DatabaseSync } from "node:sqlite";
import { encodeProbePath, probePathOf } from "../../lib/layouts/expops/names.ts";
import { hashOf } from "./random.ts";

/** A `metrics.sqlite` in the making: the table and the rows that ExpOps writes. Facts: docs/layouts/expops.md, "Keys". */
export interface StoredIndex {
  put(key: string, record: unknown, at: number): void;
  close(): void;
}

export function createStoredIndex(path: string): StoredIndex {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL);
    CREATE INDEX idx_kv_updated_at ON kv(updated_at);
    BEGIN`);
  const insert = database.prepare("INSERT INTO kv VALUES (?, ?, ?)");
  return {
    put: (key, record, at) => void insert.run(key, JSON.stringify(record), at),
    close() {
      database.exec("COMMIT");
      database.close();
    },
  };
}

export interface Hashes {
  input: string;
  config: string;
  function: string;
}

export function hashesOf(...parts: (string | number)[]): Hashes {
  return {
    input: hashOf("input", ...parts),
    config: hashOf("config", ...parts),
    function: hashOf("function", parts[0]!),
  };
}

/** The stored name of a process. */
export function xpath(process: string): string {
  return `//process[@name='${process}']`;
}

/** Where a result stands below the runtime folder. */
export function resultPath(version: string, process: string, step: string | null, hashes: Hashes): string {
  const stored = xpath(process);
  const names = step === null ? `stable_process__${stored}` : `stable_${stored}_${step}`;
  const file = `${names.replace(/[/ ]/g, "_")}_${hashes.input}_${hashes.config}_${hashes.function}.pkl`;
  return `cache/${version}/${encodeProbePath(probePathOf(stored, step))}/steps/${file}`;
}

/** `project-<project>-<UTC>-<8 hex>`; `startedAt` in seconds. */
export function runNameOf(project: string, startedAt: number): string {
  const digits = new Date(startedAt * 1000).toISOString().replace(/\D/g, "").slice(0, 14);
  return `project-${project}-${digits}-${hashOf(project, startedAt).slice(0, 8)}`;
}

export function metricKey(run: string, process: string, step: string | null): string {
  return `metric:${run}:probe_path:${encodeProbePath(probePathOf(xpath(process), step))}`;
}
