import { createHash } from "node:crypto";
import { metricIdOf } from "../../contracts/ids.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { assembleRun, isUnchanged } from "./assemble-run.ts";
import type { LineageBook } from "./lineage-book.ts";
import { startOfRunName } from "./names.ts";
import { experimentIdOf } from "./paths.ts";
import type { PointSightings } from "./point-sightings.ts";
import { collectRun, type RunRow } from "./run-records.ts";
import type { LogBook, PayloadScan, ProjectPlace, ProjectPlaces, RunLog, VersionBook } from "./seams.ts";
import type { FindProducer } from "./step-uses.ts";

/** The parts of an open layout that every reader of an index needs. */
export interface LayoutParts {
  sourceId: string;
  places: ProjectPlaces;
  versions: VersionBook;
  logs: LogBook;
  payloads: PayloadScan;
  lineage: LineageBook;
  sightings: PointSightings;
  /** What a run did, without what it logged, whichever index has it. */
  readRows(project: string, runName: string): Promise<RunRow[] | null>;
}

/** What watching told of a run whose rows have no times. */
export interface Observation {
  /** Since when its rows are as they are now. */
  since: number;
  /** When a change was seen; `null`: it was only ever seen as it is. */
  changedAt: number | null;
}

/** Everything known around one project at one time, for putting its runs together. */
export interface ProjectDesk {
  readonly project: string;
  readonly experiment: Fact;
  readonly place: ProjectPlace;
  readonly logs: ReadonlyMap<string, RunLog>;
  /** May a run be taken as unchanged, by the token that the catalog holds? */
  isUnchanged(known: string | undefined, runName: string, rowsToken: string, ended: boolean): boolean;
  /** The run and its series. `seen`: how it was watched, where the rows have no times. */
  assemble(runName: string, rows: readonly RunRow[], rowsToken: string, seen?: Observation): Promise<Fact[]>;
}

/** A run found in its first two minutes still has the files it began with: they are kept. */
const freshMillis = 2 * 60_000;

export async function openDesk(
  project: string,
  parts: LayoutParts,
  context: LayoutContext,
  findProducer: FindProducer = () => null,
): Promise<ProjectDesk> {
  const { sourceId, versions } = parts;
  const experimentId = experimentIdOf(sourceId, project);
  const [place, logs, longest, stamp] = await Promise.all([
    parts.places.of(project),
    parts.logs.ofProject(project),
    context.longestExecutions(experimentId),
    versions.stamp(project),
  ]);
  const idOfMetric = rememberMetricIds();
  const readRun = async (runName: string) => {
    const rows = await parts.readRows(project, runName);
    return rows && collectRun(project, runName, rows);
  };
  return {
    project,
    experiment: { kind: "experiment", id: experimentId, name: project },
    place,
    logs,
    isUnchanged: (known, runName, rows, ended) =>
      isUnchanged(known, { rows, log: logs.get(runName) ?? null, stamp, ended }),
    async assemble(runName, rows, rowsToken, seen) {
      const records = collectRun(project, runName, rows);
      records.changedAt ??= seen?.changedAt ?? null;
      const now = context.now();
      const begun = startOfRunName(runName);
      if (records.status === "running" && begun !== null && now - begun < freshMillis)
        await versions.noteRunBegin(project, runName);
      const log = logs.get(runName) ?? null;
      const facts = await assembleRun(records, {
        sourceId,
        place,
        versions,
        log,
        longest,
        findProducer,
        now,
        rowsToken,
        unchangedSince: seen?.since ?? null,
        idOfMetric,
        // Only the code of versions proves anything.
        warnOfDescent: async (run, version) =>
          place.code.length > 0 ? parts.lineage.warningsOf(run, version, readRun) : [],
      });
      return parts.sightings.attach(facts);
    },
  };
}

/** Keeps a project's desk for a moment, by what laying it out costs (a folder of many logs). */
export class DeskKeeper {
  readonly #lay: () => Promise<ProjectDesk>;
  #desk: ProjectDesk | null = null;
  #goodUntil = 0;

  constructor(project: string, parts: LayoutParts, context: LayoutContext, findProducer?: FindProducer) {
    this.#lay = () => openDesk(project, parts, context, findProducer);
  }

  async get(): Promise<ProjectDesk> {
    const begun = performance.now();
    if (this.#desk && begun < this.#goodUntil) return this.#desk;
    this.#desk = await this.#lay();
    const ended = performance.now();
    this.#goodUntil = ended + 10 * (ended - begun);
    return this.#desk;
  }
}

/** Token of rows by content, where the store keeps no times. */
export function digestRows(rows: readonly { key: string; text: string }[]): string {
  const hash = createHash("sha1");
  for (const { key, text } of rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))) hash.update(`${key}\0${text}\0`);
  return hash.digest("base64url").slice(0, 16);
}

/** The same few metrics come in every run: their ids are made once. */
function rememberMetricIds(): typeof metricIdOf {
  const ids = new Map<string, string>();
  return (sourceId, process, step, name) => {
    const key = JSON.stringify([process, step, name]);
    let id = ids.get(key);
    if (id === undefined) {
      if (ids.size > 50_000) ids.clear();
      id = metricIdOf(sourceId, process, step, name);
      ids.set(key, id);
    }
    return id;
  };
}
