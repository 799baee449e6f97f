import type { LayoutContext } from "../../contracts/layout.ts";
import type { LostResult, Revival } from "../../contracts/revive.ts";
import type { AppError } from "../../domain/errors.ts";
import { readConfiguredTtl } from "./configured-ttl.ts";
import { decodeStep } from "./decode.ts";
import { tokenOfEntryRow } from "./entries.ts";
import { type IndexEntries, type IndexReader, locatorOf, type RecordedWork } from "./index-reader.ts";
import { displayProcess } from "./names.ts";
import { entryIdOf, hashesOfResult, placeFile } from "./paths.ts";
import type { LayoutParts } from "./project-desk.ts";
import type { RunRow } from "./run-records.ts";
import type { PlacedFile, ProjectPlace } from "./seams.ts";

/** What the tool gives an entry where the config says nothing. Facts: docs/layouts/expops.md, "Time to live". */
const usualLifeSeconds = 24 * 3600;
/** A model is written before the result that refers to it; clocks of file systems are coarse. */
const coarseClockMillis = 2_000;

/** An index whose entries may be changed. */
export interface RevivableIndex {
  reader: IndexReader;
  store: string;
}

interface Held {
  index: RevivableIndex;
  rows: RunRow[];
}

/**
 * How entries come back that are gone. The tool writes an entry and the run's record of the same work with one text, so that the record of the run that
 * made a result is what stood there, to the byte. Whatever is not certain of it refuses. Facts: docs/layouts/expops.md, "Results".
 */
export async function findRevivals(
  lost: readonly LostResult[],
  indexes: readonly RevivableIndex[],
  parts: LayoutParts,
  context: LayoutContext,
): Promise<Revival[]> {
  const runs = new Map<string, Promise<Held | null>>();
  const readRun = (project: string, runName: string) => {
    const key = JSON.stringify([project, runName]);
    const known = runs.get(key) ?? holdRun(indexes, project, runName);
    runs.set(key, known);
    return known;
  };
  const objections = new Map<IndexEntries, Promise<AppError | null>>();
  const objectionOf = (entries: IndexEntries) => {
    const known = objections.get(entries) ?? entries.objection?.(context) ?? Promise.resolve(null);
    objections.set(entries, known);
    return known;
  };
  const lives = new Map<string, Promise<number | null>>();
  const lifeOf = async (place: ProjectPlace) => {
    const known = lives.get(place.project) ?? readConfiguredTtl(place);
    lives.set(place.project, known);
    return (await known) ?? usualLifeSeconds;
  };

  async function find(one: LostResult): Promise<Revival> {
    let why = "No run is recorded that made it.";
    for (const runName of one.runNames) {
      const held = await readRun(one.experimentName, runName);
      const found = held
        ? await judge(one, runName, held)
        : "The run that made it is not recorded in a store that may be changed.";
      if (typeof found !== "string") return found;
      why = found;
    }
    return { state: "refused", why };
  }

  /** A text says why not. */
  async function judge(one: LostResult, runName: string, { index, rows }: Held): Promise<Revival | string> {
    const project = one.experimentName;
    const work = workOf(one, runName, rows);
    if (typeof work === "string") return work;
    const place = await parts.places.of(project);
    const why = await objectionToResult(parts, place, work.resultPath);
    if (why !== null) return why;
    const { entries } = index.reader;
    const objection = await objectionOf(entries);
    if (objection) return `${objection.message} ${objection.remedy ?? ""}`.trim();
    const lifeSeconds = entries.givesLife ? await lifeOf(place) : null;
    const endsAt = lifeSeconds === null ? null : one.at + lifeSeconds * 1000;
    const row = entries.rowOf({ ...work, project, at: one.at, endsAt });
    const present = (await entries.read([row.place])).get(row.place);
    if (present && present.text !== row.text) {
      const status = decodeStep(present.text).value.status ?? "unreadable";
      return { state: "occupied", why: `An entry stands there (${status}).` };
    }
    return {
      state: "revivable",
      runName,
      entryId: entryIdOf(parts.sourceId, project, work.process, work.step, work.hashes),
      key: row.key,
      locator: locatorOf(entries.scope, row.place),
      token: tokenOfEntryRow({ text: row.text, expiresAt: row.expiresAt, ignoredTtl: null }),
      store: index.store,
      thing: { locator: entries.placeOf(row.place), content: row.content, expiresAt: row.expiresAt },
      lifeSeconds: row.expiresAt === null ? null : lifeSeconds,
    };
  }

  return Promise.all(lost.map(find));
}

async function holdRun(indexes: readonly RevivableIndex[], project: string, runName: string): Promise<Held | null> {
  for (const index of indexes) {
    const rows = await index.reader.readRows(project, runName);
    if (rows) return { index, rows };
  }
  return null;
}

type Work = Pick<RecordedWork, "process" | "step" | "hashes" | "text"> & { resultPath: string };

/** What the run recorded of the process or step, if that is all that its entry held; else why it is not. */
function workOf(one: LostResult, runName: string, rows: readonly RunRow[]): Work | string {
  const row = rows.find(
    ({ parsed }) => parsed.kind === "use" && displayProcess(parsed.process) === one.process && parsed.step === one.step,
  );
  if (row?.parsed.kind !== "use") return "The run that made it left no record of it.";
  const { process, step } = row.parsed;
  const { value: record, problem } = decodeStep(row.text);
  if (problem !== null) return `The run's record of it is damaged: ${problem}.`;
  if (!process.startsWith("//"))
    return "It was made by ExpOps up to 0.1.9, of which it is not known what an entry held.";
  if (record.status !== "completed" || record.runName !== runName || record.resultPath === null)
    return "The run that is said to have made it does not record that.";
  const hashes = hashesOfResult(record.resultPath);
  if (!hashes) return "The name of its result does not tell its key.";
  return { process, step, hashes, text: row.text, resultPath: record.resultPath };
}

/** Why what would be served is not known, or not what it was; `null`: it is. */
async function objectionToResult(parts: LayoutParts, place: ProjectPlace, recorded: string): Promise<string | null> {
  const result = placeFile(recorded, place);
  const stat = result && (await statOf(result));
  if (!stat) return "The file of its result is not there any more.";
  const referred = await parts.payloads.filesReferredBy(place.project, result);
  if (referred === null) return "Its result cannot be read to its end, so it is not known what would be served.";
  for (const { role, file } of referred) {
    const present = file && (await statOf(file));
    if (!present) return role === "model" ? "A model of its result is missing." : "An array of its result is missing.";
    if (role === "model" && (present.modifiedAt ?? 0) > (stat.modifiedAt ?? 0) + coarseClockMillis)
      return "A model of its result was written again since: it may be that of a later run.";
  }
  return null;
}

function statOf({ runtime, path }: PlacedFile) {
  return runtime.driver.stat(path);
}
