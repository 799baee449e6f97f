import { cp, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const runTime = /(?<=project-[\w-]+?-)\d{14}(?=-[0-9a-f]{8})/g;
const recordTime = /(?<="(?:\w+_)?(?:start|end|started_at|ended_at|created_at)": ?)\d+(?:\.\d+)?/g;
const logTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?=,\d{3})/gm;
const logName = /(?<=_)\d{8}_\d{6}(?=\.log$)/;

/**
 * A copy of a workspace in which everything happened so many milliseconds earlier: run ids, the times in records, rows and logs, and those of
 * the files. Nothing waits and no clock is changed; only its age differs.
 */
export async function copyAged(workspace: string, age: number): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "aged-"));
  await cp(workspace, path, { recursive: true, preserveTimestamps: true });
  for (const item of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!item.isFile()) continue;
    const file = join(item.parentPath, item.name);
    if (item.name === "metrics.sqlite") ageRows(file, age);
    if (item.name.endsWith(".log")) await ageLog(file, age);
  }
  for (const item of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (item.isFile()) await ageFile(join(item.parentPath, item.name), age);
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function ageRows(file: string, age: number): void {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT key, value, updated_at FROM kv").all() as {
    key: string;
    value: string;
    updated_at: number;
  }[];
  const update = database.prepare("UPDATE kv SET key = ?, value = ?, updated_at = ? WHERE key = ?");
  database.exec("BEGIN");
  for (const { key, value, updated_at } of rows) {
    const seconds = (text: string) => String(Number(text) - age / 1000);
    update.run(ageRuns(key, age), ageRuns(value, age).replace(recordTime, seconds), updated_at - age / 1000, key);
  }
  database.exec("COMMIT");
  database.close();
}

async function ageLog(file: string, age: number): Promise<void> {
  const { atime, mtime } = await stat(file);
  const text = ageRuns(await readFile(file, "utf8"), age);
  await writeFile(
    file,
    text.replace(logTime, (time) =>
      earlier(`${time.replace(" ", "T")}Z`, age)
        .toISOString()
        .slice(0, 19)
        .replace("T", " "),
    ),
  );
  await utimes(file, atime, mtime);
  const name = file.slice(dirname(file).length + 1).replace(logName, (time) => {
    const [day = "", clock = ""] = time.split("_");
    const shifted = ageDigits(day + clock, age);
    return `${shifted.slice(0, 8)}_${shifted.slice(8)}`;
  });
  await rename(file, join(dirname(file), name));
}

async function ageFile(file: string, age: number): Promise<void> {
  const { atimeMs, mtimeMs } = await stat(file);
  await utimes(file, (atimeMs - age) / 1000, (mtimeMs - age) / 1000);
}

function ageRuns(text: string, age: number): string {
  return text.replace(runTime, (digits) => ageDigits(digits, age));
}

/** `20261123025856`, in UTC. */
function ageDigits(digits: string, age: number): string {
  const iso = digits.replace(/(....)(..)(..)(..)(..)(..)/, "$1-$2-$3T$4:$5:$6Z");
  return earlier(iso, age).toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

function earlier(iso: string, age: number): Date {
  return new Date(Date.parse(iso) - age);
}
