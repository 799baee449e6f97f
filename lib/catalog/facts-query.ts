import type { EntryScope, PayloadRole } from "../domain/entry.ts";
import type { ArtifactFact, EntryFact, Fact } from "../domain/facts.ts";
import { query } from "./database.ts";
import { isOneOf, type KnownSource, type ReadContext } from "./read-context.ts";
import type { ArtifactDoc, EntryDoc } from "./stored-docs.ts";
import { restoreNullable, restoreText } from "./stored-text.ts";

/** The facts of entries and artifacts as they were told, so that they can be told again when what they tell of is back. */
export function readFacts(
  context: ReadContext,
  source: KnownSource,
  of: "entry" | "artifact",
  ids: readonly string[],
): Fact[] {
  return of === "entry"
    ? readEntryFacts(context, source, ids).map((entry) => ({ kind: "entry", entry }))
    : readArtifactFacts(context, source, ids).map((artifact) => ({ kind: "artifact", artifact }));
}

function readEntryFacts(context: ReadContext, { sid }: KnownSource, ids: readonly string[]): EntryFact[] {
  const rows = context.db.all(
    query
      .selectFrom("entries")
      .innerJoin("entry_docs", "entry_docs.eid", "entries.eid")
      .selectAll("entries")
      .select(["token", "doc"])
      .where("sid", "=", sid)
      .where(isOneOf("id", ids)),
  );
  const named = context.db.all(
    query
      .selectFrom("payloads")
      .select(["eid", "artifact", "role"])
      .where(
        isOneOf(
          "eid",
          rows.map(({ eid }) => eid),
        ),
      )
      .orderBy("ord"),
  );
  const payloads = Map.groupBy(named, ({ eid }) => eid);
  return rows.map((row) => ({
    id: row.id,
    experimentId: row.experiment,
    key: restoreText(row.key),
    scope: row.scope as EntryScope,
    process: restoreNullable(row.process),
    step: restoreNullable(row.step),
    status: row.status,
    state: row.fact_state as EntryFact["state"],
    version: row.version,
    producerRunId: row.fact_producer,
    createdAt: row.created,
    executionSeconds: row.fact_seconds,
    expiresAt: row.expires,
    payloads: (payloads.get(row.eid) ?? []).map(({ artifact, role }) => ({
      artifactId: artifact,
      role: role as PayloadRole,
    })),
    payloadsComplete: row.unread === 0,
    token: row.token,
    ...(JSON.parse(row.doc) as EntryDoc),
  }));
}

function readArtifactFacts(context: ReadContext, { sid }: KnownSource, ids: readonly string[]): ArtifactFact[] {
  const rows = context.db.all(
    query.selectFrom("artifacts").selectAll().where("sid", "=", sid).where(isOneOf("id", ids)),
  );
  return rows.map((row) => ({
    id: row.id,
    experimentId: row.experiment,
    name: restoreText(row.name),
    bytes: row.bytes,
    modifiedAt: row.modified,
    mediaType: row.media_type,
    role: row.role as ArtifactFact["role"],
    process: restoreNullable(row.process),
    step: restoreNullable(row.step),
    token: row.token,
    ...(JSON.parse(row.doc) as ArtifactDoc),
  }));
}
