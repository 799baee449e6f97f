import type { EarlierUse } from "../domain/explain/evidence.ts";
import type { StepOrigin } from "../domain/run.ts";
import type { KeyPlace, PlaceHistory, ViewerScope } from "./contract.ts";
import { query } from "./database.ts";
import { partsOf } from "./keyed-run.ts";
import { isOneOf, isoOf, type KnownSource, type ReadContext, seenIn } from "./read-context.ts";
import type { EntryDoc } from "./stored-docs.ts";
import { restoreNullable, restoreText, storeNullable, storeText } from "./stored-text.ts";

/** Most places were reached by one of the latest runs: only the others are looked for by place, among all runs. */
const nearRuns = 50;
const mostUses = 3;
const mostEntries = 200;
const reached: StepOrigin[] = ["executed", "reused", "failed", "running"];
const withResult: StepOrigin[] = ["executed", "reused"];

interface RunRow {
  rid: number;
  started: number | null;
  experiment: string;
}

/** What came before a run at these places. Bounded whatever is stored: each question ends at an index and a limit. */
export function readPlaceHistories(
  context: ReadContext,
  { sid }: KnownSource,
  runId: string,
  places: readonly KeyPlace[],
  scope: ViewerScope,
): PlaceHistory[] {
  const run = context.db.get(
    query.selectFrom("runs").select(["rid", "started", "experiment"]).where("sid", "=", sid).where("id", "=", runId),
  );
  if (!run || run.started === null) return places.map(() => nothing);
  const near = readNear(context, sid, run);
  return places.map((place) => {
    const entries = readEntries(context, sid, run, place);
    return {
      reachedBy: near(place, reached) ?? readByPlace(context, sid, run, place, reached),
      resultBy: near(place, withResult) ?? readByPlace(context, sid, run, place, withResult),
      earlierUses: place.entryId === null ? [] : readEarlierUses(context, sid, run, place.entryId, scope),
      ...entries,
    };
  });
}

const nothing: PlaceHistory = {
  reachedBy: null,
  resultBy: null,
  earlierUses: [],
  earlierEntries: [],
  entriesExpire: false,
  nameTooLong: false,
};

/** Answers for the latest runs before this one. */
function readNear(context: ReadContext, sid: number, { started, experiment }: RunRow) {
  const runs = context.db.all(
    query
      .selectFrom("runs")
      .select(["rid", "id"])
      .where("sid", "=", sid)
      .where("experiment", "=", experiment)
      .where("started", "<", started)
      .orderBy("started", "desc")
      .limit(nearRuns),
  );
  const uses = context.db.all(
    query
      .selectFrom("step_uses")
      .select(["rid", "process", "step", "origin"])
      .where(
        isOneOf(
          "rid",
          runs.map(({ rid }) => rid),
        ),
      ),
  );
  const byRun = Map.groupBy(uses, ({ rid }) => rid);
  return (place: KeyPlace, origins: readonly StepOrigin[]): string | null => {
    const [process, step] = [storeText(place.process), storeNullable(place.step)];
    const found = runs.find(({ rid }) =>
      byRun
        .get(rid)
        ?.some((use) => use.process === process && use.step === step && origins.includes(use.origin as StepOrigin)),
    );
    return found?.id ?? null;
  };
}

function readByPlace(
  context: ReadContext,
  sid: number,
  { started, experiment }: RunRow,
  place: KeyPlace,
  origins: readonly StepOrigin[],
): string | null {
  const row = context.db.get(
    query
      .selectFrom("step_uses")
      .innerJoin("runs", "runs.rid", "step_uses.rid")
      .select("runs.id")
      .where("step_uses.sid", "=", sid)
      .where("process", "=", storeText(place.process))
      .where("step", "is", storeNullable(place.step))
      .where("origin", "in", origins)
      .where("experiment", "=", experiment)
      .where("runs.started", "<", started)
      .orderBy("runs.started", "desc")
      .limit(1),
  );
  return row?.id ?? null;
}

function readEarlierUses(
  context: ReadContext,
  sid: number,
  { started }: RunRow,
  entryId: string,
  scope: ViewerScope,
): EarlierUse[] {
  const rows = context.db.all(
    query
      .selectFrom("step_uses")
      .innerJoin("runs", "runs.rid", "step_uses.rid")
      .select(["runs.id", "runs.name", "runs.started", "step_uses.ended", "origin"])
      .where("step_uses.sid", "=", sid)
      .where("entry", "=", entryId)
      .where("origin", "in", withResult)
      .where(seenIn("runs.experiment", scope))
      .where("runs.started", "<", started)
      .orderBy("runs.started", "desc")
      .limit(mostUses),
  );
  return rows.map(({ id, name, started, ended, origin }) => ({
    runId: id,
    runName: restoreText(name),
    startedAt: isoOf(started),
    endedAt: origin === "executed" ? isoOf(ended) : null,
    origin: origin as StepOrigin,
  }));
}

function readEntries(
  context: ReadContext,
  sid: number,
  { started, experiment }: RunRow,
  place: KeyPlace,
): Pick<PlaceHistory, "earlierEntries" | "entriesExpire" | "nameTooLong"> {
  const ofPlace = query
    .selectFrom("entries")
    .innerJoin("entry_docs", "entry_docs.eid", "entries.eid")
    .leftJoin("runs", (join) => join.onRef("runs.sid", "=", "entries.sid").onRef("runs.id", "=", "entries.producer"))
    .select(["entries.id", "entries.producer", "entries.expires", "doc", "runs.name as producer_name"])
    .where("entries.sid", "=", sid)
    .where("entries.process", "=", storeText(place.process))
    .where("entries.step", "is", storeNullable(place.step))
    .where("entries.experiment", "=", experiment)
    .orderBy("entries.created", "desc");
  const earlier = context.db.all(ofPlace.where("entries.created", "<", started).limit(mostEntries));
  const newest = context.db.all(ofPlace.limit(10));
  return {
    earlierEntries: earlier.flatMap(({ id, producer, producer_name, doc }) => {
      const parts = partsOf(doc);
      return parts ? [{ entryId: id, runId: producer, runName: restoreNullable(producer_name), parts }] : [];
    }),
    entriesExpire: [...earlier, ...newest].some(({ expires }) => expires !== null),
    nameTooLong: newest.some(({ doc }) =>
      (JSON.parse(doc) as EntryDoc).warnings.some(({ code }) => code === "never-cached-name-too-long"),
    ),
  };
}
