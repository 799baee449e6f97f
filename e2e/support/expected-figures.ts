import { readFileSync } from "node:fs";
import { fixture } from "./fixtures.ts";
import { loadDump, startRedis, type TestRedis } from "./redis-server.ts";

export interface ExpectedStep {
  status: "completed" | "cached" | "failed" | "running";
  execution_time?: number;
  from_run?: string;
}
export interface ExpectedRun {
  label: string;
  run_id: string;
  status: string;
  tool_printed_failed: string[];
  steps: Record<string, ExpectedStep>;
  metrics: Record<
    string,
    Record<string, { points?: number; first_step?: number; last_step?: number; last_value?: number; value?: unknown }>
  >;
  charts: Record<string, { title: string; recorded_bytes: number; bytes_on_disk: number }[]>;
}
export interface ExpectedEntry {
  process: string;
  step?: string;
  input_hash: string;
  config_hash: string;
  function_hash: string;
  status: string;
  producer_run: string;
  used_by_runs: Record<string, "produced" | "hit">;
  payload: string | null;
  payload_bytes: number | null;
}
export interface Expected {
  runs: ExpectedRun[];
  process_entries: ExpectedEntry[];
  step_entries: ExpectedEntry[];
  files: { not_referenced_by_any_index_row: [string, number][] };
}

/** A server's target with what must be stopped after it. */
export interface OpenedTarget {
  target: string;
  redis: TestRedis | null;
}

const expected = JSON.parse(readFileSync(fixture("expops/EXPECTED.json"), "utf8")) as {
  sqlite: Expected;
  redis: Expected;
};

/** The six runs of wine-lab on each pair of engines, with what the tool says they are. */
export const combinations: { name: string; figures: Expected; open(): Promise<OpenedTarget> }[] = [
  {
    name: "SQLite and files",
    figures: expected.sqlite,
    open: async () => ({ target: fixture("expops/sqlite-local"), redis: null }),
  },
  {
    name: "Redis and files",
    figures: expected.redis,
    open: async () => {
      const redis = await startRedis();
      await loadDump(redis.client, fixture("expops/redis.jsonl"), { ttl: false });
      return { target: `${redis.url}+${fixture("expops/redis-files")}`, redis };
    },
  },
];

/** `//process[@name='train_sgd']` is shown as the author named it. */
export function shown(stored: string): string {
  return /\[@name='(.*?)'\]$/.exec(stored)?.[1] ?? stored;
}

/** `//process[@name='a']:fit` → process and step. */
export function splitStep(stored: string): { process: string; step: string | null } {
  const at = stored.indexOf("']:") + 2;
  const step = stored.slice(at + 1);
  return { process: shown(stored.slice(0, at)), step: step === "__process__" ? null : step };
}

/** Where a metric hangs: its process, and its step if it has one. */
export function splitProbePath(stored: string): { process: string; step: string | null } {
  const [process = "", step] = stored.split("/step[");
  return { process: shown(process), step: step ? (/@name='(.*?)'/.exec(step)?.[1] ?? null) : null };
}
