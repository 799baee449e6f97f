import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const holderSchema = z.object({ pid: z.number(), url: z.string(), since: z.string() });
export type LockHolder = z.infer<typeof holderSchema>;

export type ServerLock = { held: true; release(): void } | { held: false; holder: LockHolder };

/** One server holds the state folder; a second learns who. A lock whose process is gone is taken over. */
export function takeServerLock(folder: string, url: string, now: Date): ServerLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "server.lock");
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify({ pid: process.pid, url, since: now.toISOString() }), {
        flag: "wx",
        mode: 0o600,
      });
      return { held: true, release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(path);
    if (holder && isAlive(holder.pid)) return { held: false, holder };
    rmSync(path, { force: true });
  }
}

function readHolder(path: string): LockHolder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
