import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Redis } from "ioredis";

/** All that a store holds, read past the product: what stands under each name, with what belongs to it. */
export type Dump = Map<string, string>;

/** What a set-aside file or object lies under. */
const trash = ".trialdeck-trash";

/** What serves in a store, and the names of what waits beside it. */
export function splitTrash(all: Dump): { serving: Dump; waiting: string[] } {
  const [waiting, serving] = [true, false].map((wanted) =>
    [...all].filter(([name]) => name.includes(trash) === wanted),
  );
  return { serving: new Map(serving), waiting: waiting!.map(([name]) => name) };
}

/** Names that two dumps do not have alike. */
export function compareDumps(before: Dump, after: Dump): { missing: string[]; changed: string[]; added: string[] } {
  const names = [...before.keys()];
  return {
    missing: names.filter((name) => !after.has(name)),
    changed: names.filter((name) => after.has(name) && after.get(name) !== before.get(name)),
    added: [...after.keys()].filter((name) => !before.has(name)),
  };
}

/** Rows of an ExpOps SQLite file. */
export function dumpSqlite(path: string): Dump {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  const rows = file.prepare("SELECT * FROM kv").all();
  file.close();
  return new Map(rows.map((row) => [`row ${row.key}`, JSON.stringify(row)]));
}

/** Files below a folder but those of a database, with mode and time. */
export async function dumpFiles(root: string): Promise<Dump> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile() && !/\.sqlite(-\w+)?$/.test(one.name));
  const told = files.map(async (one): Promise<[string, string]> => {
    const path = join(one.parentPath, one.name);
    const [content, { mode, mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
    return [`file ${relative(root, path).replaceAll(sep, "/")}`, `${digest(content)} ${mode} ${mtimeMs}`];
  });
  return new Map(await Promise.all(told));
}

/** Keys of a Redis database, with the ends of their lives. */
export async function dumpRedis(client: Redis): Promise<Dump> {
  const keys = await client.keys("*");
  const told = keys.map(async (key): Promise<[string, string]> => {
    const [content, end] = await Promise.all([client.dumpBuffer(key), client.pexpiretime(key)]);
    return [`key ${key}`, `${content && digest(content)} ${end}`];
  });
  return new Map(await Promise.all(told));
}

/** Documents of a Firestore emulator's project, wherever they lie. */
export async function dumpFirestore(host: string, project: string): Promise<Dump> {
  const address = `http://${host}/v1/projects/${project}/databases/(default)/documents:runQuery`;
  const answer = await fetch(address, {
    method: "POST",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ structuredQuery: { from: [{ allDescendants: true }] } }),
  });
  if (!answer.ok) throw new Error(`documents could not be listed: ${answer.status} ${await answer.text()}`);
  const found = (await answer.json()) as { document?: { name: string; fields?: object } }[];
  return new Map(
    found.flatMap(({ document }) =>
      document ? [[`document ${document.name}`, sortedJson(document.fields ?? {})]] : [],
    ),
  );
}

/** Objects of a bucket, with what belongs to them. */
export async function dumpObjects(url: string, bucket: string): Promise<Dump> {
  const dump: Dump = new Map();
  for (let token: string | undefined = ""; token !== undefined; ) {
    const query = new URLSearchParams(token && { pageToken: token });
    const answer = await fetch(`${url}/storage/v1/b/${bucket}/o?${query}`);
    if (!answer.ok) throw new Error(`objects could not be listed: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { items?: Record<string, unknown>[]; nextPageToken?: string };
    for (const { name, md5Hash, size, contentType, contentEncoding, metadata } of page.items ?? [])
      dump.set(`object ${name}`, sortedJson({ md5Hash, size, contentType, contentEncoding, metadata }));
    token = page.nextPageToken;
  }
  return dump;
}

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
