import type { DatabaseSync } from "node:sqlite";
import type { Hold } from "../domain/proposal.ts";
import type { Viewer } from "../domain/viewer.ts";
import type { Audit, AuditNote } from "./audit.ts";
import { partSize } from "./plan-parts.ts";
import type { KeptPlan, KeptPlanItem } from "./plans.ts";
import { grantsOf, isSeenSql } from "./reach.ts";
import { inTransaction } from "./transaction.ts";

export interface KeptProposal {
  plan: string;
  by: string;
  at: number;
  until: number;
  note: string;
  endedBy: string | null;
  endedAt: number | null;
  /** What applied it; `null` once it ended: it was withdrawn. */
  operation: string | null;
}

/** Someone who holds rows back, and why. */
export type NewHold = Omit<Hold, "at"> & { at: number };

export interface HeldRow extends Hold {
  subject: string;
}

/** Plans that were published, and which of their rows are held back. Each change is on disk when it answers, with its audit record. */
export interface Proposals {
  /** The plan itself lives as long. */
  publish(proposal: Pick<KeptProposal, "plan" | "by" | "at" | "until" | "note">, note: AuditNote): void;
  find(plan: string): KeptProposal | null;
  /** What the viewer may see, newest first; `onlyOpen`: those that can be applied then. */
  list(
    viewer: Viewer,
    onlyOpen: number | null,
    before: { at: number; plan: string } | null,
    limit: number,
  ): (KeptProposal & { doc: KeptPlan })[];
  count(viewer: Viewer, onlyOpen: number | null): number;
  /** Which of these subjects the plan holds, as they are named there. */
  rowsOf(plan: string, subjects: readonly string[]): { ord: number; item: KeptPlanItem }[];
  /** Rows that are held already stay with who holds them. */
  hold(
    plan: string,
    rows: readonly { ord: number; subject: string }[],
    hold: NewHold,
    notes: readonly AuditNote[],
  ): void;
  release(plan: string, subjects: readonly string[], notes: readonly AuditNote[]): void;
  held(plan: string): HeldRow[];
  heldCount(plan: string): number;
  /** Held rows with their items, in the plan's order. */
  heldItems(plan: string, offset: number, limit: number): (KeptPlanItem & { held: Hold })[];
  withdraw(plan: string, by: string, at: number, note: AuditNote): void;
  /** To be called inside the transaction that begins the operation. */
  end(plan: string, by: string, at: number, operation: string): void;
}

interface ProposalRow extends Omit<KeptProposal, "endedBy" | "endedAt"> {
  ended_by: string | null;
  ended_at: number | null;
}
interface HoldRow {
  subject: string;
  by: string;
  at: number;
  reason: string;
}

const mostTime = Number.MAX_SAFE_INTEGER;

export function openProposals(database: DatabaseSync, audit: Audit): Proposals {
  const prepare = (sql: string) => database.prepare(sql);
  const insert = prepare("INSERT INTO proposal (plan, by, at, until, note) VALUES (?, ?, ?, ?, ?)");
  const prolong = prepare("UPDATE plan SET expires_at = ? WHERE id = ?");
  const one = prepare("SELECT * FROM proposal WHERE plan = ?");
  const isShown = `(?1 IS NULL OR (ended_at IS NULL AND until > ?1)) AND ${isSeenSql("plan.source", "plan.id", "?2")}`;
  const page = prepare(`SELECT proposal.*, plan.doc FROM proposal JOIN plan ON plan.id = proposal.plan
    WHERE ${isShown} AND (at, plan) < (?3, ?4) ORDER BY at DESC, plan DESC LIMIT ?5`);
  const all = prepare(`SELECT count(*) AS n FROM proposal JOIN plan ON plan.id = proposal.plan WHERE ${isShown}`);
  const rows =
    prepare(`SELECT part * ${partSize} + item.key AS ord, item.value AS item FROM plan_part, json_each(items) AS item
    WHERE plan = ? AND item.value ->> '$.entryId' IN (SELECT value FROM json_each(?)) ORDER BY ord`);
  const put = prepare("INSERT OR IGNORE INTO hold VALUES (?, ?, ?, ?, ?, ?)");
  const remove = prepare("DELETE FROM hold WHERE plan = ? AND subject IN (SELECT value FROM json_each(?))");
  const held = prepare("SELECT subject, by, at, reason FROM hold WHERE plan = ? ORDER BY ord");
  const heldCount = prepare("SELECT count(*) AS n FROM hold WHERE plan = ?");
  const heldItems = prepare(`SELECT by, at, reason, subject, items -> ('$[' || (ord % ${partSize}) || ']') AS item
    FROM hold JOIN plan_part ON plan_part.plan = hold.plan AND part = ord / ${partSize}
    WHERE hold.plan = ? ORDER BY ord LIMIT ? OFFSET ?`);
  const end = prepare(
    "UPDATE proposal SET ended_by = ?, ended_at = ?, operation = ? WHERE plan = ? AND ended_at IS NULL",
  );
  const count = (row: unknown) => (row as { n: number }).n;

  return {
    publish: ({ plan, by, at, until, note: words }, note) =>
      inTransaction(database, () => {
        prolong.run(until, plan);
        insert.run(plan, by, at, until, words);
        audit.append(note);
      }),
    find(plan) {
      const row = one.get(plan) as ProposalRow | undefined;
      return row ? proposalOf(row) : null;
    },
    list: (viewer, onlyOpen, before, limit) =>
      (
        page.all(
          onlyOpen,
          grantsOf(viewer),
          before?.at ?? mostTime,
          before?.plan ?? "",
          limit,
        ) as unknown as (ProposalRow & {
          doc: string;
        })[]
      ).map((row) => ({ ...proposalOf(row), doc: JSON.parse(row.doc) as KeptPlan })),
    count: (viewer, onlyOpen) => count(all.get(onlyOpen, grantsOf(viewer))),
    rowsOf: (plan, subjects) =>
      (rows.all(plan, JSON.stringify(subjects)) as unknown as { ord: number; item: string }[]).map(({ ord, item }) => ({
        ord,
        item: JSON.parse(item) as KeptPlanItem,
      })),
    hold: (plan, some, { by, at, reason }, notes) =>
      inTransaction(database, () => {
        for (const { ord, subject } of some) put.run(plan, ord, subject, by, at, reason);
        for (const note of notes) audit.append(note);
      }),
    release: (plan, subjects, notes) =>
      inTransaction(database, () => {
        remove.run(plan, JSON.stringify(subjects));
        for (const note of notes) audit.append(note);
      }),
    held: (plan) => (held.all(plan) as unknown as HoldRow[]).map((row) => ({ subject: row.subject, ...holdOf(row) })),
    heldCount: (plan) => count(heldCount.get(plan)),
    heldItems: (plan, offset, limit) =>
      (heldItems.all(plan, limit, offset) as unknown as (HoldRow & { item: string })[]).map((row) => ({
        ...(JSON.parse(row.item) as KeptPlanItem),
        held: holdOf(row),
      })),
    withdraw: (plan, by, at, note) =>
      inTransaction(database, () => {
        end.run(by, at, null, plan);
        audit.append(note);
      }),
    end: (plan, by, at, operation) => void end.run(by, at, operation, plan),
  };
}

function proposalOf({ plan, by, at, until, note, operation, ...row }: ProposalRow): KeptProposal {
  return { plan, by, at, until, note, operation, endedBy: row.ended_by, endedAt: row.ended_at };
}

function holdOf({ by, at, reason }: HoldRow): Hold {
  return { by, at: new Date(at).toISOString(), reason };
}
