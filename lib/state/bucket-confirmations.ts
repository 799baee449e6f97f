import type { DatabaseSync } from "node:sqlite";
import type { Audit, AuditNote } from "./audit.ts";
import { inTransaction } from "./transaction.ts";

export interface BucketConfirmation {
  bucket: string;
  by: string;
  at: number;
  /** Ids of the sources that used it then. */
  sources: string[];
}

/** Object stores of which an admin has said that all indexes are connected. Each change is on disk when it answers, with its audit record. */
export interface BucketConfirmations {
  list(): BucketConfirmation[];
  confirm(confirmation: BucketConfirmation, note: AuditNote): void;
  revoke(bucket: string, note: AuditNote): void;
}

export function openBucketConfirmations(database: DatabaseSync, audit: Audit): BucketConfirmations {
  const all = database.prepare("SELECT bucket, by, at, sources FROM bucket_confirmation ORDER BY bucket");
  const put = database.prepare("INSERT OR REPLACE INTO bucket_confirmation VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM bucket_confirmation WHERE bucket = ?");
  return {
    list: () =>
      (all.all() as unknown as (Omit<BucketConfirmation, "sources"> & { sources: string })[]).map((row) => ({
        ...row,
        sources: JSON.parse(row.sources) as string[],
      })),
    confirm: ({ bucket, by, at, sources }, note) =>
      inTransaction(database, () => {
        put.run(bucket, by, at, JSON.stringify(sources));
        audit.append(note);
      }),
    revoke: (bucket, note) =>
      inTransaction(database, () => {
        remove.run(bucket);
        audit.append(note);
      }),
  };
}
