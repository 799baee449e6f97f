import { makeScratchFolder } from "../../../contracts/testing/scratch-folder.ts";
import type { RunFact } from "../../../domain/facts.ts";
import { openMemoryBlobDriver } from "../../../drivers/memory/memory-blob-driver.ts";
import { type Collected, collectFacts, FactStore } from "./collect-facts.ts";
import type { StoredProject } from "./stored-project.ts";

export interface ScanOptions {
  /** Seconds. */
  now?: number;
  /** Longest executions by process, seconds. */
  longest?: Record<string, number>;
  /** Files of the workspace. */
  files?: Record<string, string>;
  /** Rows in SQLite, written at that time (seconds); else in a map, which keeps no times. */
  sqliteAt?: number;
}

/** What one scan of a made-up project tells, and one run of it. */
export async function scanStored(
  store: StoredProject,
  runName: string,
  { now = 0, longest = {}, files, sqliteAt }: ScanOptions,
): Promise<Collected & { run: RunFact }> {
  const facts = new FactStore(now * 1000);
  for (const [process, seconds] of Object.entries(longest)) facts.longest.set(process, seconds);
  const inSqlite = async (at: number) => store.sqliteSlots(await makeScratchFolder(), at);
  const slots = sqliteAt === undefined ? await store.redisSlots() : await inSqlite(sqliteAt);
  if (files) {
    const driver = await openMemoryBlobDriver({ files: new Map(Object.entries(files)) });
    slots.blobs = [{ driver, scope: null }];
    slots.code = [{ driver, scope: null }];
  }
  const found = await collectFacts(slots, facts);
  return { ...found, run: found.runs.get(runName) as RunFact };
}
