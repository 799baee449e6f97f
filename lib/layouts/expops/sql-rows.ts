import type { SqlDriver, SqlRow, SqlValue } from "../../contracts/driver.ts";
import { decodeMetrics } from "./decode.ts";
import { type ParsedKey, parseKey, runNameOf } from "./keys.ts";
import type { RunRow } from "./run-records.ts";

/**
 * The table `kv(key, value, updated_at)` in the questions that this layout asks. Ranges, never LIKE: `_` stands in many names and is a wildcard
 * there. Every question is bounded.
 */

/** Longest value read, in characters: a metric of some hundred thousand points. */
const longestValue = 32 * 1024 * 1024;
const keysAtOnce = 5_000;
const entriesAtOnce = 1_000;
const valuesAtOnce = 200;
const smallRows = 1_000;
const runsAtWork = 20;
/** Values that come with their row, bytes; longer ones are read after it, together at most so many bytes. */
const shortValue = 16 * 1024;
const bytesAtOnce = 16 * 1024 * 1024;

export interface KeyRow {
  key: string;
  /** Seconds; as stored. */
  at: number;
  /** Only of a run's status row. */
  status: string | null;
}

export interface ValueRow {
  key: string;
  text: string;
  at: number;
}

/** Keys of one head (`runs`, `metric`, `process`, `steps`) in order. */
export async function* listKeys(driver: SqlDriver, head: string): AsyncGenerator<KeyRow[]> {
  const sql = `SELECT key, updated_at AS at, CASE WHEN substr(key, -7) = ':status' THEN substr(value, 1, 200) END AS status
    FROM kv WHERE key > ? AND key < ? ORDER BY key LIMIT ${keysAtOnce}`;
  for (let after: string | null = `${head}:`; after !== null; ) {
    const rows: SqlRow[] = await driver.query(sql, [after, `${head};`]);
    yield rows.flatMap((row) =>
      typeof row.key === "string" ? [{ key: row.key, at: timeOf(row.at), status: textOrNull(row.status) }] : [],
    );
    after = rows.length === keysAtOnce ? lastKey(rows) : null;
  }
}

/** Rows of one head with their values, in order. */
export async function* listValues(driver: SqlDriver, head: string, limit = entriesAtOnce): AsyncGenerator<ValueRow[]> {
  yield* readRange(driver, `${head}:`, `${head};`, limit);
}

/** Heads of a run's keys: what it did, and what it logged. */
const runHeads = ["runs", "metric"] as const;

/** All rows of one run, a few at a time: what it logged may be larger than what memory has room for at once. */
export async function* listRunRows(
  driver: SqlDriver,
  runName: string,
  heads: readonly (typeof runHeads)[number][] = runHeads,
): AsyncGenerator<ValueRow[]> {
  for (const head of heads) yield* readRange(driver, `${head}:${runName}:`, `${head}:${runName};`, valuesAtOnce);
}

/** Rows of several runs, asked for at once. Runs of very many or of long rows are left out: `listRunRows` reads those. */
export async function readSmallRuns(driver: SqlDriver, runNames: readonly string[]): Promise<Map<string, ValueRow[]>> {
  const ranges = runNames.flatMap((name) => runHeads.map((head) => [name, `${head}:${name}:`, `${head}:${name};`]));
  const sql = `SELECT range.value ->> 0 AS run, ${shortColumns}
    FROM json_each(?) AS range CROSS JOIN kv WHERE kv.key > range.value ->> 1 AND kv.key < range.value ->> 2 LIMIT ${smallRows}`;
  const rows: SqlRow[] = await driver.query(sql, [JSON.stringify(ranges)]);
  if (rows.length === smallRows) return new Map();
  const byRun = Map.groupBy(rows, ({ run }) => String(run));
  const small = [...byRun].filter(([, some]) => !some.some(isLong));
  return new Map(small.map(([name, some]) => [name, valueRows(some)]));
}

/** What a run did, without what it logged. */
export async function readRunRecords(driver: SqlDriver, runName: string): Promise<ValueRow[]> {
  const rows: ValueRow[] = [];
  for await (const page of listRunRows(driver, runName, ["runs"])) rows.push(...page);
  return rows;
}

/**
 * The first rows of a run, for showing them as they are. Of a long one its length alone: SQLite reads a value whole, be it for its first characters
 * or for the column behind it.
 */
export async function readRunHeads(
  driver: SqlDriver,
  runName: string,
  most: { rows: number; bytes: number },
): Promise<Pick<ValueRow, "key" | "text">[]> {
  const rows: SqlRow[] = [];
  for (const head of runHeads) {
    const sql = `SELECT key,
      CASE WHEN octet_length(value) <= ${most.bytes} THEN value ELSE octet_length(value) || ' bytes, too long to be shown here' END AS value
      FROM kv WHERE key > ? AND key < ? ORDER BY key LIMIT ${most.rows - rows.length}`;
    rows.push(...(await driver.query(sql, [`${head}:${runName}:`, `${head}:${runName};`])));
  }
  return valueRows(rows);
}

export async function readValues(driver: SqlDriver, keys: readonly string[]): Promise<ValueRow[]> {
  const rows: ValueRow[] = [];
  for (let begin = 0; begin < keys.length; begin += valuesAtOnce) {
    const some = keys.slice(begin, begin + valuesAtOnce);
    const marks = some.map(() => "?").join(", ");
    rows.push(...valueRows(await driver.query(`${selectValues} WHERE key IN (${marks})`, some)));
  }
  return rows;
}

/** Runs whose status says that they are at work, the last written first; a few, since most of them were killed. */
export async function listRunsCalledRunning(driver: SqlDriver): Promise<string[]> {
  const sql = `SELECT key FROM kv WHERE key > 'runs:' AND key < 'runs;' AND substr(key, -7) = ':status'
    AND substr(value, 1, 200) = '"running"' ORDER BY updated_at DESC LIMIT ${runsAtWork}`;
  const rows: SqlRow[] = await driver.query(sql);
  return rows.flatMap(({ key }) => (typeof key === "string" ? (runNameOf(key) ?? []) : []));
}

/** Keys written after a time (seconds), the oldest first. */
export async function* listChanges(driver: SqlDriver, after: number): AsyncGenerator<{ key: string; at: number }[]> {
  const sql = `SELECT key, updated_at AS at, rowid AS row FROM kv
    WHERE updated_at >= ? AND (updated_at > ? OR rowid > ?) ORDER BY updated_at, rowid LIMIT ${keysAtOnce}`;
  for (let from: SqlValue[] | null = [after, after, Number.MAX_SAFE_INTEGER]; from !== null; ) {
    const rows: SqlRow[] = await driver.query(sql, from);
    yield rows.flatMap((row) => (typeof row.key === "string" ? [{ key: row.key, at: timeOf(row.at) }] : []));
    const last = rows.length === keysAtOnce ? rows.at(-1) : undefined;
    from = last ? [last.at ?? 0, last.at ?? 0, last.row ?? 0] : null;
  }
}

/** Have at most so many rows been written after a time? */
export async function areFew(driver: SqlDriver, after: number, most: number): Promise<boolean> {
  const [row] = await driver.query("SELECT count(*) AS n FROM (SELECT 1 FROM kv WHERE updated_at > ? LIMIT ?)", [
    after,
    most + 1,
  ]);
  return Number(row?.n ?? 0) <= most;
}

/** Rows in all, and the newest time written (seconds). */
export async function countRows(driver: SqlDriver): Promise<{ total: number; newest: number }> {
  const [row] = await driver.query("SELECT count(*) AS total, max(updated_at) AS newest FROM kv");
  return { total: Number(row?.total ?? 0), newest: timeOf(row?.newest ?? null) };
}

/** Is this the tool's table? */
export async function hasKvTable(driver: SqlDriver): Promise<boolean> {
  const table = (await driver.tables()).find(({ name }) => name === "kv");
  return ["key", "value", "updated_at"].every((column) => table?.columns.includes(column));
}

/** A run's rows as such; what was logged is decoded at once and its text let go. */
export function toRunRows(rows: readonly ValueRow[]): RunRow[] {
  return rows.flatMap(({ key, text, at }): RunRow[] => {
    const parsed: ParsedKey | null = parseKey(key, "sqlite");
    if (!parsed) return [];
    const changedAt = at > 0 ? at * 1000 : null;
    return [
      parsed.kind === "metrics"
        ? { parsed, text: "", metrics: decodeMetrics(text), changedAt }
        : { parsed, text, changedAt },
    ];
  });
}

const selectValues = `SELECT key, substr(value, 1, ${longestValue}) AS value, updated_at AS at FROM kv`;
const shortColumns = `kv.key, updated_at AS at, octet_length(kv.value) AS bytes,
  CASE WHEN octet_length(kv.value) <= ${shortValue} THEN kv.value END AS value`;

function isLong({ bytes }: SqlRow): boolean {
  return Number(bytes) > shortValue;
}

async function* readRange(driver: SqlDriver, from: string, to: string, limit: number): AsyncGenerator<ValueRow[]> {
  for (let after: string | null = from; after !== null; ) {
    const sql = `SELECT ${shortColumns} FROM kv WHERE key > ? AND key < ? ORDER BY key LIMIT ${limit}`;
    const rows: SqlRow[] = await driver.query(sql, [after, to]);
    yield valueRows(rows.filter((row) => !isLong(row)));
    for (const keys of inParts(rows.filter(isLong))) yield await readValues(driver, keys);
    after = rows.length === limit ? lastKey(rows) : null;
  }
}

/** Keys of long values, each part small enough to be read at once. */
function inParts(rows: readonly SqlRow[]): string[][] {
  const parts: string[][] = [];
  let left = 0;
  for (const { key, bytes } of rows) {
    if (typeof key !== "string") continue;
    left -= Number(bytes);
    if (left < 0) {
      parts.push([]);
      left = bytesAtOnce - Number(bytes);
    }
    parts.at(-1)?.push(key);
  }
  return parts;
}

function valueRows(rows: readonly SqlRow[]): ValueRow[] {
  return rows.flatMap((row) =>
    typeof row.key === "string" ? [{ key: row.key, text: textOrNull(row.value) ?? "", at: timeOf(row.at) }] : [],
  );
}

function lastKey(rows: readonly SqlRow[]): string | null {
  const key = rows.at(-1)?.key;
  return typeof key === "string" ? key : null;
}

function textOrNull(value: SqlValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value);
}

function timeOf(value: SqlValue | undefined): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
