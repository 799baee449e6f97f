import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { copyFixture } from "./fixtures.ts";

/** Where the tool that wrote the fixture believed its workspace to be; its records hold absolute paths below. */
const recordedRoot = "/srv/ws/sqlite";

export interface Store {
  /** The workspace; a target to serve. */
  path: string;
  read(key: string): unknown;
  /** Puts a record of the index, in the tool's own words. */
  write(key: string, value: unknown): void;
  /** Puts a file below the project's folder of stored things and tells the path by which records name it. */
  keep(path: string, content: string | Uint8Array): string;
  /** Ends writing and leaves one plain database file. */
  close(): void;
  remove(): Promise<void>;
}

/** A copy of the wine-lab workspace that a test may write to, as the tool would. */
export async function openWineLab(): Promise<Store> {
  const copy = await copyFixture("expops/sqlite-local");
  const stored = join(copy.path, "wine-lab", ".wine-lab");
  const index = new DatabaseSync(join(stored, "metrics.sqlite"));
  const select = index.prepare("select value from kv where key = ?");
  const upsert = index.prepare("insert or replace into kv (key, value, updated_at) values (?, ?, ?)");
  return {
    path: copy.path,
    read: (key) => JSON.parse(String(select.get(key)?.value ?? "null")),
    write: (key, value) => void upsert.run(key, writeJson(value), Date.now() / 1000),
    keep(path, content) {
      const file = join(stored, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return `${recordedRoot}/wine-lab/.wine-lab/${path}`;
    },
    close: () => index.close(),
    remove: copy.remove,
  };
}

/** JSON as Python writes it: with NaN and infinities as they are. */
function writeJson(value: unknown): string {
  const marked = JSON.stringify(value, (_, item) =>
    typeof item === "number" && !Number.isFinite(item) ? `\u0000${item}\u0000` : item,
  );
  return marked.replaceAll(/"\\u0000(NaN|-?Infinity)\\u0000"/g, "$1");
}

/** The name of a probe path in keys and folders. */
export function encodeProbe(path: string): string {
  return `p_${Buffer.from(path).toString("base64url")}`;
}

/** Adds charts to what a process of a run drew. */
export function addCharts(
  store: Store,
  run: string,
  process: string,
  files: Record<string, string | Uint8Array>,
): void {
  const key = `runs:${run}:charts://process[@name='${process}']`;
  const record = (store.read(key) ?? { items: [] }) as { items: object[] };
  const added = Object.entries(files).map(([title, content]) => {
    const folder = `artifacts/${"5eed".repeat(16)}/${encodeProbe(`//process[@name='${process}']`)}`;
    const path = store.keep(`${folder}/${title}`, content);
    const bytes = Buffer.byteLength(content);
    return {
      title,
      object_path: path,
      cache_path: path,
      size_bytes: bytes,
      created_at: 1795217600,
      chart_type: "static",
    };
  });
  store.write(key, { items: [...record.items, ...added] });
}

/** Adds series to what a step of a run logged: name → values from step 1 on. */
export function addSeries(store: Store, run: string, probe: string, series: Record<string, readonly number[]>): void {
  const key = `metric:${run}:probe_path:${encodeProbe(probe)}`;
  const record = (store.read(key) ?? {}) as Record<string, unknown>;
  const added = Object.entries(series).map(([name, values]) => [
    name,
    Object.fromEntries(values.map((value, index) => [index + 1, value])),
  ]);
  // By entries: a name may be `__proto__`.
  store.write(key, Object.fromEntries([...Object.entries(record), ...added]));
}

/** Adds a run of wine-lab, or changes its status. */
export function addRun(store: Store, name: string, status: "running" | "completed" | "failed"): void {
  const started = Date.now() / 1000 - 10;
  store.write(`runs:${name}:timestamps`, { start: started, end: status === "running" ? null : started + 5 });
  store.write(`runs:${name}:status`, status);
}

/** Adds the entry of a process that a run made; `key` tells it from others of the process. `payload`: the file with its result. */
export function addEntry(store: Store, process: string, run: string, key: string, payload?: string): void {
  const hash = (part: string) => part.repeat(64).slice(0, 64);
  const probe = `//process[@name='${process}']`;
  const ended = Date.now() / 1000;
  store.write(`process:${probe}:${hash(key)}:${hash("c")}:${hash("f")}`, {
    status: "completed",
    execution_time: 1,
    started_at: ended - 1,
    ended_at: ended,
    process_name: probe,
    run_id: run,
    ...(payload && { cache_path: payload }),
  });
}

/** A file of the codecs' fixtures. */
export function codecFixture(name: string): Uint8Array {
  return readFileSync(new URL(`../fixtures/codecs/${name}`, import.meta.url));
}
