import { sql } from "kysely";
import type { Entry, EntryScope, EntryState, PayloadRole } from "../domain/entry.ts";
import { sayDrift } from "../domain/orphan.ts";
import type { Warning } from "../domain/warning.ts";
import type { EntryUse, ViewerScope } from "./contract.ts";
import { query } from "./database.ts";
import type { SortedRow } from "./page.ts";
import { isPinned } from "./pin-conditions.ts";
import { isOneOf, isoOf, type KnownSource, type ReadContext, seenIn } from "./read-context.ts";
import type { EntryDoc } from "./stored-docs.ts";
import { restoreNullable, restoreText } from "./stored-text.ts";

/** The entries of these rows, in their order. */
export function readEntryRows(
  context: ReadContext,
  sources: readonly KnownSource[],
  sorted: readonly Pick<SortedRow, "row">[],
): Entry[] {
  const numbers = sorted.map(({ row }) => row);
  const rows = context.db.all(
    query
      .selectFrom("entries")
      .leftJoin("entry_docs", "entry_docs.eid", "entries.eid")
      .leftJoin("runs", (join) => join.onRef("runs.sid", "=", "entries.sid").onRef("runs.id", "=", "entries.producer"))
      .selectAll("entries")
      .select(["doc", "runs.name as producer_name"])
      .select(sql<number>`${isPinned}`.as("pinned"))
      .where(isOneOf("entries.eid", numbers)),
  );
  const byNumber = new Map(rows.map((row) => [row.eid, row]));
  const payloads = readPayloads(context, numbers);
  return numbers.flatMap((eid) => {
    const row = byNumber.get(eid);
    if (!row) return [];
    const source = sources.find(({ sid }) => sid === row.sid)!;
    const orphan = row.fact_state === "orphan" ? readOrphan(context, row.sid, row.id) : null;
    const doc = row.doc === null ? null : (JSON.parse(row.doc) as EntryDoc);
    const named = (payloads.get(eid) ?? []).map((payload) => payload.of(row.since));
    return [
      {
        id: row.id,
        source: source.id,
        experimentId: row.experiment,
        key: restoreText(row.key),
        scope: row.scope as EntryScope,
        process: restoreNullable(row.process),
        step: restoreNullable(row.step),
        keyParts: doc?.keyParts ?? orphan?.keyParts ?? [],
        status: row.status,
        version: row.version,
        producerRunId: row.producer,
        producerRunName: restoreNullable(row.producer_name),
        lastUserRunId: row.last_user,
        uses: row.uses,
        createdAt: isoOf(row.created),
        lastUsedAt: isoOf(row.last_used),
        executionSeconds: row.seconds,
        savedSeconds: row.saved,
        savedPerMib: row.value,
        expiresAt: isoOf(row.expires),
        ttl: doc?.ttl ?? null,
        bytes: row.bytes,
        payloads: orphan ? [orphan.payload] : named,
        state: row.state as EntryState,
        pinned: row.pinned === 1,
        warnings: [...(doc?.warnings ?? []), ...warnOfSizes(named), ...warnOfSharedModels(named)],
      },
    ];
  });
}

/** What a hit would get is not what was stored with the result. */
function warnOfSizes(payloads: Entry["payloads"]): Warning[] {
  return payloads
    .filter(({ bytes, bytesRecorded }) => bytes !== null && bytesRecorded !== null && bytes !== bytesRecorded)
    .map(({ role, bytes, bytesRecorded }) => ({
      code: "replaced-since",
      sentence: sayDrift(role, bytes!, bytesRecorded!),
    }));
}

/** A model that several entries name is one file, written anew by each of them. (Arrays that are shared were passed on unchanged.) */
function warnOfSharedModels(payloads: Entry["payloads"]): Warning[] {
  const shared = payloads.filter((payload) => payload.role === "model" && payload.shared > 1);
  if (shared.length === 0) return [];
  const what = shared.length === 1 ? "A model of it stands" : `${shared.length} models of it stand`;
  const sentence = `${what} in a file that other entries name too: it holds what the last of them wrote.`;
  return [{ code: "payload-may-be-overwritten", sentence }];
}

function readPayloads(context: ReadContext, eids: readonly number[]) {
  const rows = context.db.all(
    query
      .selectFrom("payloads")
      .leftJoin("artifacts", (join) =>
        join.onRef("artifacts.sid", "=", "payloads.sid").onRef("artifacts.id", "=", "payloads.artifact"),
      )
      .select([
        "payloads.eid",
        "payloads.sid",
        "payloads.artifact",
        "payloads.role",
        "payloads.recorded",
        "artifacts.aid",
        "artifacts.bytes",
      ])
      .select(
        sql<number>`(select count(distinct others.eid) from payloads as others where others.sid = payloads.sid and others.artifact = payloads.artifact)`.as(
          "shared",
        ),
      )
      .where(isOneOf("payloads.eid", eids))
      .orderBy("payloads.ord"),
  );
  const judged = new Map(
    context.db
      .all(query.selectFrom("sources").select(["sid", "complete_generation", "artifacts"]))
      .map((source) => [source.sid, source]),
  );
  return Map.groupBy(
    rows.map(({ eid, sid, artifact, role, aid, bytes, recorded, shared }) => ({
      eid,
      of(since: number): Entry["payloads"][number] {
        const source = judged.get(sid);
        const missing = source !== undefined && source.artifacts > 0 && since <= source.complete_generation;
        const state = aid !== null ? ("present" as const) : missing ? ("missing" as const) : ("unknown" as const);
        return { artifactId: artifact, role: role as PayloadRole, bytes, bytesRecorded: recorded, state, shared };
      },
    })),
    ({ eid }) => eid,
  );
}

/** An orphan is an artifact: what its name tells stands there. */
function readOrphan(context: ReadContext, sid: number, id: string) {
  const row = context.db.get(
    query.selectFrom("artifacts").select(["doc", "role", "bytes"]).where("sid", "=", sid).where("id", "=", id),
  );
  if (!row) return null;
  const { keyParts } = JSON.parse(row.doc) as Pick<EntryDoc, "keyParts">;
  return {
    keyParts,
    payload: {
      artifactId: id,
      role: row.role as PayloadRole,
      bytes: row.bytes,
      bytesRecorded: null,
      state: "present" as const,
      shared: 0,
    },
  };
}

/** One entry with the runs that made and used it. */
export function readEntry(
  context: ReadContext,
  source: KnownSource,
  entryId: string,
  scope: ViewerScope,
): (Entry & { usedBy: EntryUse[] }) | null {
  const row = context.db.get(
    query.selectFrom("entries").select("eid").where("sid", "=", source.sid).where("id", "=", entryId),
  );
  const entry = row && readEntryRows(context, [source], [{ row: row.eid }])[0];
  return entry ? { ...entry, usedBy: readUses(context, source.sid, entryId, scope) } : null;
}

const mostUses = 1000;

/** Newest first. */
function readUses(context: ReadContext, sid: number, entryId: string, scope: ViewerScope): EntryUse[] {
  const rows = context.db.all(
    query
      .selectFrom("step_uses")
      .innerJoin("runs", "runs.rid", "step_uses.rid")
      .select(({ fn }) => [
        "runs.id as run",
        "runs.name",
        "origin",
        fn.coalesce("step_uses.started", "runs.started").as("at"),
      ])
      .where("step_uses.sid", "=", sid)
      .where("entry", "=", entryId)
      .where("origin", "in", ["executed", "reused"])
      .where(seenIn("runs.experiment", scope))
      .orderBy("at", "desc")
      .limit(mostUses),
  );
  return rows.map(({ run, name, origin, at }) => ({
    runId: run,
    runName: restoreText(name),
    at: isoOf(at),
    how: origin === "executed" ? "produced" : "reused",
  }));
}
