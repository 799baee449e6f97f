import { setTimeout as sleep } from "node:timers/promises";
import type { DocumentChange, StopWatching, StoredDocument } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { ChangeGate } from "./change-gate.ts";
import { type DocumentIndex, DocumentProject, listProjects } from "./document-index.ts";
import { runsIn } from "./document-rows.ts";
import { FactBatch } from "./fact-batches.ts";
import { WatchedDocuments } from "./watched-documents.ts";

/** Runs at work are judged anew this often, though no document changes. */
const judgeMillis = 5_000;
/** A run writes several documents at once: so long they are gathered. */
const gatherMillis = 150;
/** New projects are looked for with this share of the documents that may be read: each look costs one for each project that there is. */
const projectsShare = 0.1;
const hourMillis = 3_600_000;
/** The clocks of the machines that write and read differ: runs that changed so long before the newest are followed too. */
const lateSeconds = 60;

/**
 * Follows the runs of each project from the newest change on, and of those at work everything that they write. What is reused or removed
 * costs no read: the entries that a run made are read by their names, and what is gone tells the next scan.
 */
export async function* watchDocuments(
  index: DocumentIndex,
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  if (!index.driver.watch) return;
  const gate = new ChangeGate<true>(1);
  const projects = new Map<string, WatchedDocuments>();
  const stops: StopWatching[] = [];
  let lookedAt = performance.now();

  function known(name: string): DocumentProject {
    const project = index.projects.get(name) ?? new DocumentProject(name, index.driver);
    index.projects.set(name, project);
    return project;
  }

  async function follow(project: DocumentProject): Promise<void> {
    const watched = new WatchedDocuments(project, index, context, () => gate.push(true));
    projects.set(project.name, watched);
    const value = newestOf(project.runs.values()) - lateSeconds;
    const onTrouble = (failure: unknown) => context.trouble(`runs of ${project.name}`, failure);
    const onChanges = (changes: DocumentChange[]) => {
      for (const change of changes) watched.noteRun(change);
      gate.push(true);
    };
    const after = { field: "last_updated", value };
    const stop = await index.driver.watch?.(runsIn(project.name), { onChanges, onTrouble }, { after });
    if (stop) stops.push(stop);
  }

  index.wanted.onWish = () => gate.push(true);
  try {
    while (!signal.aborted) {
      for (const project of index.projects.values()) {
        const watched = projects.get(project.name);
        if (!watched) await follow(project);
        else watched.refresh(project);
      }
      const first = await gate.wait(projects.size > 0 || index.scans > 0 ? judgeMillis : gatherMillis, signal);
      if (first.length > 0) await sleep(gatherMillis, undefined, { signal }).catch(() => undefined);
      gate.take();
      if (signal.aborted) return;
      const batch = new FactBatch();
      let isQuiet = true;
      for (const { project, runName } of index.expected.splice(0)) {
        if (!projects.has(project)) await follow(known(project));
        await projects.get(project)?.expect(runName);
      }
      for (const wanted of index.wanted.inOrder()) {
        // A project that the scan has only just found is followed from the next round on.
        const facts = await projects.get(wanted.project)?.look(wanted.runName, wanted.share);
        if (facts === undefined) continue;
        // No more may be read for such a look: what is left waits.
        if (facts === null) break;
        index.wanted.fulfil(wanted);
        isQuiet &&= facts.length === 0;
        yield* batch.add(facts);
      }
      for (const watched of projects.values()) {
        const facts = await watched.take();
        isQuiet &&= facts.length === 0;
        yield* batch.add(facts);
      }
      yield* isQuiet ? [[]] : batch.take();
      const restMillis = restBetweenLooks(projects.size, index.driver.budget().most);
      if (index.scans === 0 || performance.now() - lookedAt < restMillis) continue;
      lookedAt = performance.now();
      if (index.driver.budget().freeAt === null)
        for (const name of await listProjects(index, index.driver)) known(name);
    }
  } finally {
    for (const watched of projects.values()) await watched.close();
    for (const stop of stops) await stop();
  }
}

/** From one look for new projects to the next. */
export function restBetweenLooks(projects: number, readsPerHour: number): number {
  return Math.max(judgeMillis, (Math.max(1, projects) * hourMillis) / (projectsShare * readsPerHour));
}

/** Seconds, as the tool writes it. */
function newestOf(runs: Iterable<StoredDocument>): number {
  let newest = 0;
  for (const { fields } of runs)
    if (typeof fields.last_updated === "number") newest = Math.max(newest, fields.last_updated);
  return newest;
}
