import type { BlobDriver, StopWatching } from "../../contracts/driver.ts";
import type { LayoutContext, OpenSlots } from "../../contracts/layout.ts";
import type { ArtifactFact, Fact } from "../../domain/facts.ts";
import { ChangeGate } from "./change-gate.ts";
import { FactBatch } from "./fact-batches.ts";
import type { IndexReader } from "./index-reader.ts";
import { LogRuns } from "./log-runs.ts";
import { DeskKeeper, type LayoutParts, openDesk, type ProjectDesk } from "./project-desk.ts";

/** More files than this in one project are not remembered: that one of them is gone, the next sweep tells. */
const mostRemembered = 200_000;
/** Without a signal the logs of runs that left only a log are judged anew this often. */
const judgeMillis = 15_000;

/** Files beside the index: payloads, charts, and logs of runs that left nothing else. Up to 0.1.9 without an index they are all there is. */
export class ProjectFiles {
  readonly #parts: LayoutParts;
  readonly #readers: readonly IndexReader[];
  /** Ids of the files that a driver showed of a project. */
  readonly #seen = new Map<BlobDriver, Map<string, Set<string>>>();
  readonly #logRuns: LogRuns;
  readonly #desks = new Map<string, DeskKeeper>();
  readonly #firstScan = Promise.withResolvers<void>();

  /** `isLost`: the project's index cannot be opened now. */
  constructor(parts: LayoutParts, readers: readonly IndexReader[], isLost: (project: string) => boolean) {
    this.#parts = parts;
    this.#readers = readers;
    this.#logRuns = new LogRuns(parts.sourceId, readers, isLost);
  }

  /** Everything, of all projects; what the catalog holds already is only told to be there. */
  async *scan(context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    try {
      yield* this.#scanProjects(context, signal);
    } finally {
      this.#firstScan.resolve();
    }
  }

  async *#scanProjects(context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    for (const project of await this.#projects()) {
      const desk = await openDesk(project, this.#parts, context);
      const batch = new FactBatch();
      yield* batch.add([desk.experiment, ...(await this.#logRuns.tellAll(desk, context))]);
      yield* batch.take();
      for (const { driver } of desk.place.runtimes) {
        const seen = new Set<string>();
        for await (const artifacts of this.#parts.payloads.facts(project, signal, driver)) {
          const known = await this.#known(artifacts, context);
          for (const { id } of artifacts) if (seen.size < mostRemembered) seen.add(id);
          yield artifacts.map((artifact): Fact => {
            const isSame = known.get(artifact.id) === artifact.token;
            return isSame ? { kind: "seen", of: "artifact", id: artifact.id } : { kind: "artifact", artifact };
          });
        }
        if (signal.aborted) return;
        this.#seenIn(driver).set(project, seen);
      }
    }
  }

  /** What changed, whenever a driver says that something did. A driver may have to list all files to begin with: not beside the first scan. */
  async *watch(slots: OpenSlots, context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    const gate = new ChangeGate<BlobDriver>();
    const stops: StopWatching[] = [];
    await Promise.race([this.#firstScan.promise, untilAborted(signal)]);
    if (signal.aborted) return;
    try {
      for (const { driver } of slots.blobs ?? []) {
        if (driver.kind !== "blob" || !driver.watch) continue;
        stops.push(await driver.watch("", () => gate.push(driver)));
        // Of what changed between the scan's look and the watcher's first nobody would tell.
        gate.push(driver);
      }
      while (!signal.aborted) {
        const changed = new Set(await gate.wait(judgeMillis, signal));
        if (signal.aborted) return;
        let isQuiet = true;
        for await (const facts of this.#changes(context, changed, signal)) {
          isQuiet = false;
          yield facts;
        }
        if (isQuiet && this.#readers.length === 0) yield [];
      }
    } finally {
      for (const stop of stops) await stop();
    }
  }

  async *#changes(
    context: LayoutContext,
    changed: ReadonlySet<BlobDriver>,
    signal: AbortSignal,
  ): AsyncGenerator<Fact[]> {
    for (const project of await this.#projects()) {
      const desk = await this.#deskOf(project, context);
      const runs = await this.#logRuns.tellChanged(desk, context);
      if (runs.length > 0) yield runs;
      for (const { driver } of desk.place.runtimes)
        if (changed.has(driver)) yield* this.#changesIn(driver, project, context, signal);
      if (signal.aborted) return;
    }
  }

  async *#changesIn(
    driver: BlobDriver,
    project: string,
    context: LayoutContext,
    signal: AbortSignal,
  ): AsyncGenerator<Fact[]> {
    const before = this.#seenIn(driver).get(project);
    const seen = new Set<string>();
    for await (const artifacts of this.#parts.payloads.facts(project, signal, driver)) {
      const known = await this.#known(artifacts, context);
      for (const { id } of artifacts) seen.add(id);
      const changed = artifacts.filter(({ id, token }) => known.get(id) !== token);
      if (changed.length > 0) yield changed.map((artifact) => ({ kind: "artifact", artifact }));
    }
    if (signal.aborted || !before) return;
    const gone = [...before].filter((id) => !seen.has(id));
    for (let at = 0; at < gone.length; at += 1_000) {
      yield gone.slice(at, at + 1_000).map((id) => ({ kind: "gone", of: "artifact", id }));
    }
    if (seen.size <= mostRemembered) this.#seenIn(driver).set(project, seen);
  }

  #seenIn(driver: BlobDriver): Map<string, Set<string>> {
    const seen = this.#seen.get(driver) ?? new Map<string, Set<string>>();
    this.#seen.set(driver, seen);
    return seen;
  }

  #deskOf(project: string, context: LayoutContext): Promise<ProjectDesk> {
    const keeper = this.#desks.get(project) ?? new DeskKeeper(project, this.#parts, context);
    this.#desks.set(project, keeper);
    return keeper.get();
  }

  async #projects(): Promise<Set<string>> {
    const placed = await this.#parts.places.all();
    return new Set([
      ...placed.map(({ project }) => project),
      ...this.#readers.flatMap((reader) => [...reader.projects()]),
    ]);
  }

  #known(artifacts: readonly ArtifactFact[], context: LayoutContext): Promise<Map<string, string>> {
    return context.known(
      "artifact",
      artifacts.map(({ id }) => id),
    );
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
