import type { CatalogReader, ColumnsQuery, RunsQuery, SeriesQuery } from "../catalog/contract.ts";
import type { CodeFile } from "../contracts/layout.ts";
import { AppError } from "../domain/errors.ts";
import type { Graph, Log, Metric, Run, RunDetail, StepUse } from "../domain/run.ts";
import type { Series } from "../domain/series.ts";
import type { Column, Page } from "../domain/source.ts";
import { maySee, type Viewer } from "../domain/viewer.ts";
import type { RunPlace, SourcesApi } from "../sources/thread-contract.ts";
import { lookIn } from "./scope.ts";
import { type SourceRegistry, wholePage } from "./source-questions.ts";

type Asked<Query> = Omit<Query, "sources" | "scope"> & { source?: string };

export interface RunQuestions {
  runs(viewer: Viewer, query: Asked<RunsQuery>): Promise<Page<Run>>;
  runColumns(viewer: Viewer, query: Asked<ColumnsQuery>): Promise<Page<Column>>;
  run(viewer: Viewer, source: string, run: string): Promise<RunDetail>;
  graph(viewer: Viewer, source: string, run: string): Promise<Graph>;
  log(viewer: Viewer, source: string, run: string, range: { offset: number; limit: number }): Promise<Log>;
  metrics(viewer: Viewer, source: string, run: string): Promise<Page<Metric>>;
  series(viewer: Viewer, queries: readonly SeriesQuery[]): Promise<Page<Series>>;
}

export function answerRuns(registry: SourceRegistry, reader: CatalogReader, sources: SourcesApi): RunQuestions {
  const findRun = async (viewer: Viewer, source: string, runId: string) => {
    registry.pick(viewer, source);
    const run = await reader.run(source, runId);
    if (!run || !maySee(viewer, source, run.experimentId)) {
      throw new AppError("not_found", "There is no such run in this source.", {
        remedy: "It may have been deleted since; the list of runs shows what is there.",
      });
    }
    return run;
  };
  const placeOf = (run: Run): RunPlace => ({
    source: run.source,
    runName: run.name,
    experimentName: run.experimentName,
  });

  /** A source that cannot be asked now has nothing to read first. */
  const lookAt = (run: Run, look: "opened" | "listed") =>
    void sources.lookAt(placeOf(run), look).catch(() => undefined);

  return {
    runs: async (viewer, { source, ...query }) =>
      reader.runs({ ...query, ...(await lookIn(registry, reader, viewer, source)) }),
    runColumns: async (viewer, { source, ...query }) =>
      reader.columns({ ...query, ...(await lookIn(registry, reader, viewer, source)) }),

    async run(viewer, source, runId) {
      const run = await findRun(viewer, source, runId);
      // The store may be unreachable while the catalog still answers: then the page shows what is known.
      const [version, raw, runNames] = await Promise.all([
        run.version ? sources.readVersion(placeOf(run), run.version.hash).catch(() => null) : null,
        sources.readRawRun(placeOf(run)).catch(() => ({})),
        namesOf(reader, viewer, run),
      ]);
      return {
        ...run,
        runNames,
        ...(version && {
          environment: version.environment,
          code: { config: version.config && textOf(version.config), files: version.files.map(textOf) },
        }),
        links: [],
        raw,
      };
    },

    async graph(viewer, source, runId) {
      const run = await findRun(viewer, source, runId);
      lookAt(run, "opened");
      const graph = await sources.readGraph(placeOf(run));
      if (!graph) return lanesOf(run.steps);
      const origins = new Map(run.steps.map((use) => [stepKey(use.process, use.step), use.origin]));
      const labels = new Map(graph.nodes.map((node) => [node.id, node.label]));
      // Only the run's own graph says what it was to do, and only its end that it did not.
      const isOver = run.status !== "running" && run.status !== "queued";
      const unrecorded = isOver && graph.origin === "version" ? "never-ran" : "unknown";
      const nodes = graph.nodes.map((node) => {
        const parent = node.parentId === null ? undefined : labels.get(node.parentId);
        const key = parent === undefined ? stepKey(node.label, null) : stepKey(parent, node.label);
        return { ...node, origin: origins.get(key) ?? unrecorded };
      });
      return { ...graph, nodes };
    },

    async log(viewer, source, runId, range) {
      const run = await findRun(viewer, source, runId);
      const log = await sources.readLog(placeOf(run), range);
      if (log) return log;
      throw new AppError("not_found", "No log of this run is at hand.", {
        remedy: "Add the workspace folder to the target: its logs are joined to runs by their id.",
      });
    },

    async metrics(viewer, source, runId) {
      lookAt(await findRun(viewer, source, runId), "listed");
      return wholePage(await reader.metrics(source, runId), reader, [source]);
    },

    async series(viewer, queries) {
      const runs = new Map(queries.map((query) => [`${query.source}/${query.run}`, query]));
      if (viewer.grants) await Promise.all([...runs.values()].map((query) => findRun(viewer, query.source, query.run)));
      else for (const query of runs.values()) registry.pick(viewer, query.source);
      const answers = (await reader.series(queries)).map((answer, index) => {
        if (answer) return answer;
        throw new AppError("not_found", "There is no such metric in this run.", { details: { index } });
      });
      return wholePage(
        answers,
        reader,
        queries.map(({ source }) => source),
      );
    },
  };
}

/** Names of the runs that this one's steps and charts mention. */
async function namesOf(
  reader: CatalogReader,
  viewer: Viewer,
  run: Pick<RunDetail, "id" | "source" | "steps" | "charts">,
): Promise<Record<string, string>> {
  const ids = new Set([
    ...run.steps.map((use) => use.producer?.runId),
    ...run.charts.flatMap((chart) => [chart.producerRunId, chart.replacedSince]),
  ]);
  const others = [...ids].filter((id) => typeof id === "string" && id !== run.id) as string[];
  const named = await Promise.all(
    others.map(async (id) => {
      const other = await reader.run(run.source, id);
      return [id, other && maySee(viewer, run.source, other.experimentId) ? other.name : undefined] as const;
    }),
  );
  return Object.fromEntries(named.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function stepKey(process: string, step: string | null): string {
  return JSON.stringify(step === null ? [process] : [process, step]);
}

/** Without a graph: the nodes that the run recorded, in order of time, no arrows. */
function lanesOf(steps: readonly StepUse[]): Graph {
  const inTime = [...steps].sort((a, b) => (a.startedAt ?? "").localeCompare(b.startedAt ?? ""));
  const nodes = inTime.map((use, index) => ({
    id: stepKey(use.process, use.step),
    label: use.step ?? use.process,
    parentId: use.step === null ? null : stepKey(use.process, null),
    origin: use.origin,
    stepIndex: use.step === null ? null : index,
  }));
  return { origin: "none", nodes, edges: [] };
}

function textOf(file: CodeFile): { path: string; text: string; truncated: boolean } {
  return { path: file.path, text: new TextDecoder().decode(file.bytes), truncated: file.truncated };
}
