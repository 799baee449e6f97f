import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact, RunFact } from "../../domain/facts.ts";
import type { IndexReader } from "./index-reader.ts";
import { runIdOf } from "./paths.ts";
import type { ProjectDesk } from "./project-desk.ts";
import type { RunLog } from "./seams.ts";

/** The first rows of a run come after the first lines of its log: so long a fresh log is not taken for all there is. */
const graceMillis = 60_000;

/** Runs that left nothing but their log: those that went on in memory, and all runs of a project without a key store. */
export class LogRuns {
  readonly #sourceId: string;
  readonly #readers: readonly IndexReader[];
  readonly #isLost: (project: string) => boolean;
  readonly #told = new Map<string, { log: string; token: string; isRunning: boolean }>();

  constructor(sourceId: string, readers: readonly IndexReader[], isLost: (project: string) => boolean) {
    this.#sourceId = sourceId;
    this.#readers = readers;
    this.#isLost = isLost;
  }

  /** All of them; what the catalog holds already is only told to be there. */
  async tellAll(desk: ProjectDesk, context: LayoutContext): Promise<Fact[]> {
    const logs = this.#logsAlone(desk, context);
    const known = await this.#known(desk, logs, context);
    const facts: Fact[] = [];
    for (const log of logs) {
      if (this.#isKept(desk, log, known)) continue;
      const run = await this.#assemble(desk, log);
      const isSame = known.get(run.id) === run.token;
      facts.push(isSame ? { kind: "seen", of: "run", id: run.id } : { kind: "run", run });
    }
    return facts;
  }

  /** Those of which something is new: the log grew, or the clock judges otherwise. */
  async tellChanged(desk: ProjectDesk, context: LayoutContext): Promise<Fact[]> {
    const logs = this.#logsAlone(desk, context);
    const known = this.#isLost(desk.project) ? await this.#known(desk, logs, context) : new Map<string, string>();
    const facts: Fact[] = [];
    for (const log of logs) {
      const told = this.#told.get(this.#idOf(desk, log));
      if (told && told.log === log.token && !told.isRunning) continue;
      if (this.#isKept(desk, log, known)) continue;
      const run = await this.#assemble(desk, log);
      if (told?.token !== run.token) facts.push({ kind: "run", run });
    }
    return facts;
  }

  /** Logs of runs that no index holds. Before an index was scanned nobody knows. */
  #logsAlone({ project, logs }: ProjectDesk, context: LayoutContext): RunLog[] {
    return [...logs.values()].filter((log) => {
      const holds = this.#readers.map((reader) => reader.holdsRun(project, log.runName));
      if (holds.some((answer) => answer !== false)) return false;
      const age = context.now() - (log.lastLineAt ?? log.startedAt ?? 0);
      if (this.#readers.length === 0 || log.fellBackToMemory || age > graceMillis) return true;
      for (const reader of this.#readers) reader.expectRun?.(project, log.runName);
      return false;
    });
  }

  #known(desk: ProjectDesk, logs: readonly RunLog[], context: LayoutContext): Promise<Map<string, string>> {
    return context.known(
      "run",
      logs.map((log) => this.#idOf(desk, log)),
    );
  }

  /** While the index is out of reach, what was read from it before says more than the log does. */
  #isKept(desk: ProjectDesk, log: RunLog, known: ReadonlyMap<string, string>): boolean {
    const id = this.#idOf(desk, log);
    return this.#isLost(desk.project) && known.has(id) && !this.#told.has(id);
  }

  async #assemble(desk: ProjectDesk, log: RunLog): Promise<RunFact> {
    const [fact] = await desk.assemble(log.runName, [], "log");
    if (fact?.kind !== "run") throw new Error("a run is told before its series");
    const { run } = fact;
    this.#told.set(run.id, { log: log.token, token: run.token, isRunning: run.status === "running" });
    const sentence = this.#isLost(desk.project) ? outOfReach : unrecorded;
    return { ...run, warnings: [{ code: "not-recorded", sentence }, ...run.warnings] };
  }

  #idOf(desk: ProjectDesk, log: RunLog): string {
    return runIdOf(this.#sourceId, desk.project, log.runName);
  }
}

const unrecorded =
  "Only the log tells of this run: the key store holds nothing of it, so its steps, metrics and charts are not recorded.";
const outOfReach =
  "Only the log tells of this run for now: the key store cannot be read, so its steps, metrics and charts are not shown.";
