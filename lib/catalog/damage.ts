import { writeFileSync } from "node:fs";

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://www.sqlite.org/rescode.html */
const damageCodes = new Set([11, 26]);

/** True when the file itself is damaged, not the question. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && damageCodes.has(Number(error.errcode) & 0xff);
}

/** The mark that a damaged catalog leaves: the next start throws it away and reads the stores anew. */
export function damageMark(path: string): string {
  return `${path}.damaged`;
}

export function markDamaged(path: string): void {
  writeFileSync(damageMark(path), "");
}
