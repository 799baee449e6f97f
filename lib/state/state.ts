import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../domain/errors.ts";
import { type Audit, openAudit } from "./audit.ts";
import { type Begins, openBegins } from "./begins.ts";
import { type BucketConfirmations, openBucketConfirmations } from "./bucket-confirmations.ts";
import { type Drafts, openDrafts } from "./drafts.ts";
import { type EntryDeaths, openEntryDeaths } from "./entry-deaths.ts";
import { type Journal, openJournal } from "./journal.ts";
import { openPins, type Pins } from "./pins.ts";
import { openPlans, type Plans } from "./plans.ts";
import { openPointSightings, type PointSightings } from "./point-sightings.ts";
import { openProposals, type Proposals } from "./proposals.ts";
import { openReach, type Reach } from "./reach.ts";
import { migrateState } from "./schema.ts";
import { openSignIns, type SignIns } from "./sign-ins.ts";
import { openSnapshots, type Snapshots } from "./snapshots.ts";
import { openTrash, type Trash } from "./trash.ts";

/**
 * What is ours and must last: sign-ins, the signing key, snapshots of versions, what runs were seen to begin with, when their points came, what was seen of
 * entries, which of them are pinned, of which buckets all indexes are connected, drafts of sources, and all that changing a store leaves: plans and which of them were published, the journal of
 * operations, what was set aside, the audit.
 */
export interface State {
  signIns: SignIns;
  snapshots: Snapshots;
  begins: Begins;
  pointSightings: PointSightings;
  plans: Plans;
  proposals: Proposals;
  journal: Journal;
  trash: Trash;
  audit: Audit;
  entryDeaths: EntryDeaths;
  bucketConfirmations: BucketConfirmations;
  pins: Pins;
  drafts: Drafts;
  reach: Reach;
  /** 32 random bytes made once: signs content addresses. */
  signingKey: Uint8Array;
  close(): void;
}

/**
 * Opens the state in `folder` (made with mode 0700). `lasting` false keeps everything in memory: what a second server does, since the first
 * one holds the folder. Throws `internal` when the folder cannot be written.
 */
export function openState(folder: string, { lasting }: { lasting: boolean }): State {
  const database = lasting ? openFile(folder) : new DatabaseSync(":memory:");
  const signingKey = migrateState(database);
  const audit = openAudit(database);
  const trash = openTrash(database);
  const proposals = openProposals(database, audit);
  return {
    signIns: openSignIns(database),
    snapshots: openSnapshots(database),
    begins: openBegins(database),
    pointSightings: openPointSightings(database),
    plans: openPlans(database),
    proposals,
    journal: openJournal(database, audit, trash, proposals),
    trash,
    audit,
    entryDeaths: openEntryDeaths(database),
    bucketConfirmations: openBucketConfirmations(database, audit),
    pins: openPins(database, audit),
    drafts: openDrafts(database),
    reach: openReach(database),
    signingKey,
    close: () => database.close(),
  };
}

/** The audit alone, for reading, also while a server holds the folder. Throws `not_found` where there is none. */
export function openAuditOf(folder: string): { audit: Pick<Audit, "verify" | "count">; close(): void } {
  const path = join(folder, "state.sqlite");
  if (!existsSync(path))
    throw new AppError("not_found", `There is no state in ${folder}.`, {
      remedy: "Name the folder in TRIALDECK_STATE_DIR, as the server was started with.",
    });
  const database = new DatabaseSync(path, { readOnly: true });
  return { audit: openAudit(database), close: () => database.close() };
}

function openFile(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const database = new DatabaseSync(join(folder, "state.sqlite"));
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000");
    return database;
  } catch (cause) {
    throw new AppError("internal", `The state folder ${folder} cannot be written.`, {
      remedy: "Make it writable, or name another one in TRIALDECK_STATE_DIR.",
      cause,
    });
  }
}
