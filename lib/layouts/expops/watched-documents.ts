import type { DocumentChange, StoredDocument } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { isAppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import { decodeCharts, decodeStep } from "./decode.ts";
import { type DocumentIndex, type DocumentProject, tellEntries } from "./document-index.ts";
import { entryPath, rowOfUse, rowsOfCharts, runsIn } from "./document-rows.ts";
import { assembleDocuments, hasEnded, type RunDocuments } from "./document-runs.ts";
import { FollowedRun } from "./followed-run.ts";
import { LiveRuns } from "./live-runs.ts";
import { hashesOfResult, placeFile, runIdOf } from "./paths.ts";
import { DeskKeeper, type ProjectDesk } from "./project-desk.ts";

const mostTold = 20_000;

/** What changes in one project of a store of documents. */
export class WatchedDocuments {
  #project: DocumentProject;
  readonly #index: DocumentIndex;
  readonly #context: LayoutContext;
  readonly #onChange: () => void;
  readonly #live: LiveRuns;
  readonly #desks: DeskKeeper;
  readonly #changed = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #followed = new Map<string, FollowedRun>();
  readonly #toldEntries = new Set<string>();

  constructor(project: DocumentProject, index: DocumentIndex, context: LayoutContext, onChange: () => void) {
    this.#project = project;
    this.#index = index;
    this.#context = context;
    this.#onChange = onChange;
    this.#live = new LiveRuns(context, index.parts.sightings);
    this.#desks = new DeskKeeper(project.name, index.parts, context);
  }

  /** A scan puts a new project in place of the old; what was told while it listed the runs is newer than what it read. */
  refresh(project: DocumentProject): void {
    if (project === this.#project) return;
    for (const run of this.#project.runs.values()) {
      const listed = project.runs.get(run.id);
      const isNewer = listed
        ? listed.updatedAt < run.updatedAt
        : this.#changed.has(run.id) || this.#followed.has(run.id);
      if (isNewer) project.runs.set(run.id, run);
    }
    this.#project = project;
  }

  noteRun(change: DocumentChange): void {
    if (change.kind === "put") {
      const { document } = change;
      if (this.#project.runs.get(document.id)?.token === document.token) return;
      this.#project.runs.set(document.id, document);
      this.#changed.add(document.id);
    } else {
      const name = change.path.slice(change.path.lastIndexOf("/") + 1);
      this.#project.runs.delete(name);
      this.#gone.add(name);
    }
  }

  /** A log tells of a run that the store has not told of. */
  async expect(runName: string): Promise<void> {
    const [run] = await this.#index.driver.get([`${runsIn(this.#project.name)}/${runName}`]);
    if (run) this.noteRun({ kind: "put", document: run });
  }

  /** Facts of what changed since the last take, and of runs at work. */
  async take(): Promise<Fact[]> {
    const { runs } = this.#project;
    this.#live.add(this.#project.atWork());
    for (const run of this.#project.atWork()) await this.#follow(run);
    const due = this.#live.due([...this.#changed]);
    const facts = this.#tellGone();
    if (due.length === 0) return facts;
    this.#changed.clear();
    const desk = await this.#desks.get();
    for (const [at, runName] of due.entries()) {
      const run = runs.get(runName);
      if (!run) continue;
      try {
        facts.push(...(await this.#tellRun(desk, run)));
      } catch (error) {
        if (!isAppError(error) || error.code !== "too_many") throw error;
        // No more may be read within the hour: what is left waits.
        for (const waiting of due.slice(at)) this.#changed.add(waiting);
        break;
      }
    }
    return facts;
  }

  /** All of a run that someone looks at while the rest of it is still to be read; `null`: it may not be read yet. */
  async look(runName: string, share: number): Promise<Fact[] | null> {
    const run = this.#project.runs.get(runName);
    if (!run || !this.#project.unread.has(runName)) return [];
    const { driver, shelf } = this.#index;
    const person = driver.forPerson(share);
    try {
      const documents = await shelf.read(this.#project.name, run, person);
      const readMetrics = (producer: string) => this.#project.readMetrics(producer, person);
      const facts = await assembleDocuments(await this.#desks.get(), run, documents, readMetrics);
      this.#project.unread.delete(runName);
      return facts;
    } catch (error) {
      if (isAppError(error) && error.code === "too_many") return null;
      throw error;
    }
  }

  async #tellRun(desk: ProjectDesk, run: StoredDocument): Promise<Fact[]> {
    const documents = await this.#documentsOf(run);
    if (!documents) return [];
    const assembled = await assembleDocuments(desk, run, documents, this.#project.readMetrics);
    this.#project.unread.delete(run.id);
    const told = await this.#live.news(run.id, assembled);
    if (told.length === 0) return [];
    return [desk.experiment, ...(await this.#tellMade(desk, run.id, documents)), ...told];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((run) => run.stop()));
  }

  async #follow(runName: string): Promise<void> {
    if (this.#followed.has(runName)) return;
    const followed = new FollowedRun();
    this.#followed.set(runName, followed);
    this.#index.shelf.follow(this.#project.name, runName, followed);
    const onChange = () => {
      this.#changed.add(runName);
      this.#onChange();
    };
    await followed.start(this.#index.driver, this.#project.name, runName, onChange, this.#context);
  }

  /** A run that ended is read once more as a whole, since what is followed may come late, and is followed no longer. */
  async #documentsOf(run: StoredDocument): Promise<RunDocuments | null> {
    const { driver, shelf } = this.#index;
    const followed = this.#followed.get(run.id);
    const documents = followed?.documents();
    if (followed && (!documents || !hasEnded(run))) return documents ?? null;
    if (followed) {
      this.#followed.delete(run.id);
      shelf.unfollow(this.#project.name, run.id);
      await followed.stop();
    }
    return shelf.read(this.#project.name, run, driver);
  }

  /** Entries that a run's records name, each once, and the files that came with them. */
  async #tellMade(desk: ProjectDesk, runName: string, documents: RunDocuments): Promise<Fact[]> {
    const { parts: house } = this.#index;
    const paths = this.#newEntries(runName, documents);
    const entries = (await this.#getAllowed(paths)).filter((entry) => entry !== null);
    const found = await tellEntries(this.#index, desk, entries, "whole", this.#context);
    const charts = documents.charts
      .flatMap((document) => rowsOfCharts(document, runName))
      .flatMap(({ text }) => decodeCharts(text).value)
      .flatMap((item) => placeFile(item.path, desk.place) ?? []);
    const artifacts = await house.payloads.factsAt(this.#project.name, [...charts, ...found.results]);
    return [...artifacts.map((artifact): Fact => ({ kind: "artifact", artifact })), ...found.facts];
  }

  /** When no more may be read the run is told without its entries, which then come with the next scan. */
  async #getAllowed(paths: readonly string[]): Promise<(StoredDocument | null)[]> {
    try {
      return await this.#index.driver.get(paths);
    } catch (error) {
      if (isAppError(error) && error.code === "too_many") return [];
      throw error;
    }
  }

  #newEntries(runName: string, { steps }: RunDocuments): string[] {
    if (this.#toldEntries.size > mostTold) this.#toldEntries.clear();
    return steps.flatMap((document) => {
      const [row] = rowOfUse(document, runName);
      if (row?.parsed.kind !== "use") return [];
      const { resultPath, status } = decodeStep(row.text).value;
      const hashes = resultPath === null || status !== "completed" ? null : hashesOfResult(resultPath);
      if (!hashes) return [];
      const path = entryPath(this.#project.name, row.parsed.process, row.parsed.step, hashes);
      // A later run may have made it anew.
      const told = `${runName} ${path}`;
      if (this.#toldEntries.has(told)) return [];
      this.#toldEntries.add(told);
      return [path];
    });
  }

  #tellGone(): Fact[] {
    const gone = [...this.#gone].map((name): Fact => {
      const id = runIdOf(this.#context.sourceId, this.#project.name, name);
      return { kind: "gone", of: "run", id };
    });
    this.#gone.clear();
    return gone;
  }
}
