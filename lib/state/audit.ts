import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { AuditRecord } from "../domain/operation.ts";
import type { Viewer } from "../domain/viewer.ts";
import { grantsOf, isSeenSql } from "./reach.ts";

export type AuditNote = Omit<AuditRecord, "seq" | "at" | "hash"> & { at: number };

/** Who changed what, append-only: each record's hash covers the one before it, so that none can be altered or taken out unnoticed. */
export interface Audit {
  /** To be called inside the transaction whose deed it tells of. */
  append(note: AuditNote): void;
  /** What the viewer may see, newest first; `before`: the sequence number that the last page ended with. */
  list(viewer: Viewer, before: number | null, limit: number): AuditRecord[];
  /** How many the viewer may see; without one, all. */
  count(viewer?: Viewer): number;
  /** The first record that does not follow from the one before it; `null`: all do. */
  verify(): { seq: number; problem: string } | null;
}

interface AuditRow {
  seq: number;
  at: number;
  by: string;
  action: string;
  source: string;
  subject: string;
  result: string;
  hash: string;
}

const start = "0".repeat(64);
/** A subject begins with the plan, the operation or the entry that it is of. */
const isShown = isSeenSql("audit.source", "substr(audit.subject, 1, instr(audit.subject || ' ', ' ') - 1)", "?2");

export function openAudit(database: DatabaseSync): Audit {
  const last = database.prepare("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
  const insert = database.prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const page = database.prepare(`SELECT * FROM audit WHERE seq < ?1 AND ${isShown} ORDER BY seq DESC LIMIT ?3`);
  const all = database.prepare("SELECT * FROM audit ORDER BY seq");
  const rows = database.prepare(`SELECT count(*) AS n FROM audit WHERE seq < ?1 AND ${isShown}`);
  return {
    append({ at, by, action, source, subject, result }) {
      const before = last.get() as Pick<AuditRow, "seq" | "hash"> | undefined;
      const row = { seq: (before?.seq ?? 0) + 1, at, by, action, source, subject, result };
      insert.run(row.seq, at, by, action, source, subject, result, hashOf(before?.hash ?? start, row));
    },
    list: (viewer, before, limit) =>
      (page.all(before ?? Number.MAX_SAFE_INTEGER, grantsOf(viewer), limit) as unknown as AuditRow[]).map((row) => ({
        ...row,
        at: new Date(row.at).toISOString(),
      })),
    count: (viewer) => (rows.get(Number.MAX_SAFE_INTEGER, viewer ? grantsOf(viewer) : null) as { n: number }).n,
    verify() {
      let hash = start;
      let seq = 0;
      for (const row of all.iterate() as Iterable<AuditRow>) {
        if (row.seq !== seq + 1) return { seq: seq + 1, problem: "is missing" };
        if (row.hash !== hashOf(hash, row)) return { seq: row.seq, problem: "was altered" };
        ({ hash, seq } = row);
      }
      return null;
    },
  };
}

function hashOf(before: string, { seq, at, by, action, source, subject, result }: Omit<AuditRow, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([before, seq, at, by, action, source, subject, result]))
    .digest("hex");
}
