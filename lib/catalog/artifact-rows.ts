import { sql } from "kysely";
import type { Artifact, ArtifactRole } from "../domain/entry.ts";
import type { ViewerScope } from "./contract.ts";
import { query } from "./database.ts";
import { isOneOf, isoOf, type KnownSource, type ReadContext, seenIn } from "./read-context.ts";
import { replacedSince, usesOf } from "./run-charts.ts";
import { restoreText } from "./stored-text.ts";

/** The artifacts of these rows, in their order. */
export function readArtifactRows(
  context: ReadContext,
  sources: readonly KnownSource[],
  sorted: readonly { row: number }[],
): Artifact[] {
  const numbers = sorted.map(({ row }) => row);
  const rows = context.db.all(
    query
      .selectFrom("artifacts")
      .select(["aid", "sid", "id", "name", "bytes", "modified", "media_type", "role", "process", "step"])
      .select([
        ofFirstEntry("id").as("entry"),
        ofFirstEntry("producer").as("producer"),
        ofFirstEntry("process").as("entryProcess"),
        ofFirstEntry("step").as("entryStep"),
        sql<number>`exists (select 1 from entries as lone where lone.sid = artifacts.sid and lone.id = artifacts.id and lone.state = 'orphan')`.as(
          "orphan",
        ),
      ])
      .select(
        sql<number>`(select count(distinct eid) from payloads where payloads.sid = artifacts.sid and payloads.artifact = artifacts.id)`.as(
          "named",
        ),
      )
      .where(isOneOf("aid", numbers)),
  );
  const byNumber = new Map(rows.map((row) => [row.aid, row]));
  return numbers.flatMap((aid) => {
    const row = byNumber.get(aid);
    if (!row) return [];
    const charts = usesOf(context, row.sid, row.id);
    const first = charts
      .filter((use) => use.producer === null || use.producer === use.run)
      .sort((a, b) => (a.created ?? 0) - (b.created ?? 0))[0];
    // A name may be cut or hashed; who names the payload knows what it is of.
    const named = row.entryProcess !== null;
    const process = named ? row.entryProcess : row.process;
    const step = named ? row.entryStep : row.step;
    const replaced = first && replacedSince(first, row, charts);
    return [
      {
        id: row.id,
        source: sources.find(({ sid }) => sid === row.sid)!.id,
        name: restoreText(row.name),
        bytes: row.bytes,
        modifiedAt: isoOf(row.modified),
        mediaType: row.media_type,
        role: row.role as ArtifactRole,
        process: process === null ? null : restoreText(process),
        step: step === null ? null : restoreText(step),
        orphan: row.orphan === 1,
        runId: first?.run ?? row.producer,
        entryId: row.entry,
        sharedBy: row.named + new Set(charts.map((use) => use.run)).size,
        ...(replaced && { replacedSince: replaced }),
      },
    ];
  });
}

/** Of the entry that named the artifact first. */
function ofFirstEntry(column: "id" | "producer" | "process" | "step") {
  return sql<
    string | null
  >`(select ${sql.ref(`entries.${column}`)} from payloads inner join entries on entries.eid = payloads.eid
    where payloads.sid = artifacts.sid and payloads.artifact = artifacts.id order by entries.created limit 1)`;
}

interface RunName {
  runId: string;
  runName: string;
}

/** One artifact with the runs that made and used it. */
export function readArtifact(
  context: ReadContext,
  source: KnownSource,
  artifactId: string,
  scope: ViewerScope,
): (Artifact & { producer: RunName | null; usedBy: RunName[] }) | null {
  const { sid } = source;
  const row = context.db.get(
    query.selectFrom("artifacts").select("aid").where("sid", "=", sid).where("id", "=", artifactId),
  );
  const artifact = row && readArtifactRows(context, [source], [{ row: row.aid }])[0];
  if (!artifact) return null;
  const entries = query
    .selectFrom("payloads")
    .innerJoin("entries", "entries.eid", "payloads.eid")
    .where("payloads.sid", "=", sid)
    .where("artifact", "=", artifactId);
  const users = context.db.all(
    query
      .selectFrom("runs")
      .select(["id as runId", "name as runName"])
      .where("sid", "=", sid)
      .where(seenIn("experiment", scope))
      .where(({ or, eb }) =>
        or([
          eb(
            "rid",
            "in",
            query.selectFrom("chart_uses").select("rid").where("sid", "=", sid).where("artifact", "=", artifactId),
          ),
          eb(
            "rid",
            "in",
            query
              .selectFrom("step_uses")
              .select("rid")
              .where("sid", "=", sid)
              .where("entry", "in", entries.select("entries.id")),
          ),
        ]),
      )
      .orderBy("started", "desc")
      .limit(mostUsers),
  );
  const usedBy = users.map(({ runId, runName }) => ({ runId, runName: restoreText(runName) }));
  const made = artifact.runId;
  const name =
    made === null
      ? undefined
      : context.db.get(
          query
            .selectFrom("runs")
            .select("name")
            .where("sid", "=", sid)
            .where("id", "=", made)
            .where(seenIn("experiment", scope)),
        );
  return {
    ...artifact,
    producer: made === null ? null : { runId: made, runName: name ? restoreText(name.name) : made },
    usedBy,
  };
}

const mostUsers = 1000;
