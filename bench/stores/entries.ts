import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { keepStore } from "./kept-store.ts";
import { hashOf } from "./random.ts";
import { createStoredIndex, hashesOf, resultPath, runNameOf, xpath } from "./stored-index.ts";

const project = "big";
const firstStart = Date.UTC(2026, 0, 1) / 1000;

export interface StoredEntry {
  process: string;
  step: string;
  hashes: { input: string; config: string; function: string };
  record: object;
  at: number;
}

/** Step entries as a long-lived cache has them: 20 processes of 3 steps, 1,000 runs that made them, a record of some 600 bytes. */
export function* generateEntries(count: number): Generator<StoredEntry> {
  for (let number = 0; number < count; number += 1) {
    const process = `process_${number % 20}`;
    const step = `step_${number % 3}`;
    const hashes = hashesOf(process, step, number);
    const at = firstStart + number;
    const version = hashOf("version", number % 50);
    yield {
      ...{ process, step, hashes, at },
      record: {
        ...{ status: "completed", execution_time: 0, ended_at: at + (number % 100) / 10 },
        cache_path: `/srv/ws/${project}/.${project}/${resultPath(version, process, step, hashes)}`,
        ...{ run_id: runNameOf(project, firstStart + (number % 1000) * 60), process_name: xpath(process) },
        ...{ step_name: step, started_at: at },
      },
    };
  }
}

/** A database file of entries alone, standing as a project's own; its folder holds no results. */
export async function keepSqliteEntries(count: number): Promise<string> {
  const pathIn = (folder: string) => join(folder, `.${project}`, "metrics.sqlite");
  const folder = await keepStore(`sqlite-entries-${count}`, (made) => {
    mkdirSync(dirname(pathIn(made)), { recursive: true });
    const index = createStoredIndex(pathIn(made));
    for (const { process, step, hashes, record, at } of generateEntries(count))
      index.put(`steps:${xpath(process)}:${step}:${hashes.input}:${hashes.config}:${hashes.function}`, record, at);
    index.close();
  });
  return pathIn(folder);
}

/** Key of an entry in Redis. */
export function redisKey({ process, step, hashes }: StoredEntry): string {
  return `mlops:projects:${project}:steps:${xpath(process)}:${step}:idx:${hashes.input}:${hashes.config}:${hashes.function}`;
}
