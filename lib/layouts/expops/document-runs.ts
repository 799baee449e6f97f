import type { DocumentPage, DocumentQuestions, StoredDocument } from "../../contracts/driver.ts";
import type { Fact } from "../../domain/facts.ts";
import type { Warning } from "../../domain/warning.ts";
import { decodeStatus, decodeStep } from "./decode.ts";
import { collectionsOfRun, jsonOf, rowOfMetrics, rowOfUse, rowsOfCharts, rowsOfRun } from "./document-rows.ts";
import { displayProcess, splitProbePath } from "./names.ts";
import { digestRows, type ProjectDesk } from "./project-desk.ts";
import { isEndedWord, type RunRow } from "./run-records.ts";

/** Documents of one run. */
export interface RunDocuments {
  steps: readonly StoredDocument[];
  charts: readonly StoredDocument[];
  metrics: readonly StoredDocument[];
}

type MetricsRow = RunRow & { parsed: { kind: "metrics"; run: string; probePath: string } };
/** Reads what a run logged; who asks it for a person says with which questions. */
export type ReadMetrics = (runName: string, questions?: DocumentQuestions) => Promise<readonly MetricsRow[]>;

const pageSize = 100;
/** Runs whose metrics are kept, since many runs reuse the results of one. */
const mostProducers = 200;

export async function readRunDocuments(
  driver: DocumentQuestions,
  project: string,
  runName: string,
): Promise<RunDocuments> {
  const { steps, charts, metrics } = collectionsOfRun(project, runName);
  const [stepDocuments, chartDocuments, metricDocuments] = await Promise.all(
    [steps, charts, metrics].map((collection) => readCollection(driver, collection)),
  );
  return { steps: stepDocuments ?? [], charts: chartDocuments ?? [], metrics: metricDocuments ?? [] };
}

/** What a run did, without what it logged. */
export async function readRunRecords(
  driver: DocumentQuestions,
  project: string,
  runName: string,
): Promise<StoredDocument[]> {
  return readCollection(driver, collectionsOfRun(project, runName).steps);
}

/** Answers what a run logged and remembers it. */
export function openMetricsReader(driver: DocumentQuestions, project: string): ReadMetrics {
  const known = new Map<string, Promise<readonly MetricsRow[]>>();
  return (runName, questions = driver) => {
    const reading =
      known.get(runName) ??
      readCollection(questions, collectionsOfRun(project, runName).metrics).then((documents) =>
        documents.flatMap((document) => rowOfMetrics(document, runName)).filter(isMetrics),
      );
    known.set(runName, reading);
    reading.catch(() => known.delete(runName));
    const [oldest] = known.keys();
    if (known.size > mostProducers && oldest !== undefined) known.delete(oldest);
    return reading;
  };
}

/** The facts of a run from its documents; `documents` null: of its own document alone, the rest is still to be read. */
export async function assembleDocuments(
  desk: ProjectDesk,
  run: StoredDocument,
  documents: RunDocuments | null,
  readMetrics: ReadMetrics,
): Promise<Fact[]> {
  const rows = rowsOfRun(run);
  if (!documents) return withWarnings(await desk.assemble(run.id, rows, "head"), [notReadYet]);
  rows.push(...documents.steps.flatMap((document) => rowOfUse(document, run.id)));
  rows.push(...documents.charts.flatMap((document) => rowsOfCharts(document, run.id)));
  const own = documents.metrics.flatMap((document) => rowOfMetrics(document, run.id)).filter(isMetrics);
  const { metrics, warnings } = await withoutCopies(own, rows, readMetrics);
  const facts = await desk.assemble(run.id, [...rows, ...metrics], tokenOfDocuments(run, documents));
  return withWarnings(facts, warnings);
}

const notReadYet: Warning = {
  code: "not-read-yet",
  sentence: "What it did and logged is still to be read: runs that are looked at come first.",
};

function withWarnings(facts: Fact[], warnings: readonly Warning[]): Fact[] {
  const [first] = facts;
  if (first?.kind === "run") first.run.warnings.push(...warnings);
  return facts;
}

/** Of a run that ended its own document tells that nothing changed: it is written last. */
export function tokenOfRun(run: StoredDocument): string {
  return `end.${run.token}`;
}

export function hasEnded({ fields: { status } }: StoredDocument): boolean {
  return typeof status === "string" && isEndedWord(decodeStatus(status));
}

function tokenOfDocuments(run: StoredDocument, { steps, charts, metrics }: RunDocuments): string {
  if (hasEnded(run)) return tokenOfRun(run);
  return digestRows([run, ...steps, ...charts, ...metrics].map(({ path, token }) => ({ key: path, text: token })));
}

/**
 * The tool copies the metrics of a reused process from the first of ten other runs that has any for that process, whatever it used: they may be
 * another run's. Those of the run that made the result stand in their place.
 */
async function withoutCopies(
  own: readonly MetricsRow[],
  rows: readonly RunRow[],
  readMetrics: ReadMetrics,
): Promise<{ metrics: MetricsRow[]; warnings: Warning[] }> {
  const producers = producersOf(rows);
  const producerAt = ({ parsed }: MetricsRow) => {
    const { process, step } = splitProbePath(parsed.probePath, producers.processes);
    return producers.of.get(keyOf(process, step)) ?? producers.of.get(keyOf(process, null));
  };
  const metrics = own.filter((row) => producerAt(row) === undefined);
  const copies = new Map(own.map((row) => [row.parsed.probePath, row]));
  const differing = new Set<string>();
  for (const producer of new Set(producers.of.values())) {
    for (const row of await readMetrics(producer)) {
      if (producerAt(row) !== producer) continue;
      metrics.push({ ...row, parsed: { ...row.parsed, run: own[0]?.parsed.run ?? row.parsed.run } });
      const copy = copies.get(row.parsed.probePath);
      if (copy && !isSame(copy, row)) differing.add(displayProcess(splitProbePath(row.parsed.probePath).process));
    }
  }
  const warnings: Warning[] = [];
  if (differing.size > 0) {
    const names = [...differing].sort().join(", ");
    const sentence = `As metrics of reused results (${names}) the store holds copies of another run's; those of the runs that made the results are shown.`;
    warnings.push({ code: "metrics-from-other-run", sentence });
  }
  return { metrics, warnings };
}

/** By process, or process and step: whose result was reused. */
function producersOf(rows: readonly RunRow[]): { of: Map<string, string>; processes: Set<string> } {
  const of = new Map<string, string>();
  const processes = new Set<string>();
  for (const { parsed, text } of rows) {
    if (parsed.kind !== "use") continue;
    if (parsed.step === null) processes.add(parsed.process);
    const { status, producerName } = decodeStep(text).value;
    if (status === "cached" && producerName !== null) of.set(keyOf(parsed.process, parsed.step), producerName);
  }
  return { of, processes };
}

function keyOf(process: string, step: string | null): string {
  return JSON.stringify([process, step]);
}

/** Maps and typed arrays: told apart by what they hold. */
function isSame(a: MetricsRow, b: MetricsRow): boolean {
  const textOf = ({ metrics }: MetricsRow) =>
    JSON.stringify(
      [...(metrics?.value ?? [])].map(([name, value]) => [
        name,
        "points" in value ? [[...value.points.steps], [...value.points.values]] : jsonOf(value.snapshot),
      ]),
    );
  return textOf(a) === textOf(b);
}

function isMetrics(row: RunRow): row is MetricsRow {
  return row.parsed.kind === "metrics";
}

export async function readCollection(driver: DocumentQuestions, collection: string): Promise<StoredDocument[]> {
  const found: StoredDocument[] = [];
  for await (const page of listDocuments(driver, collection)) found.push(...page);
  return found;
}

/** `ask`: asks for each page, again where it must. */
export async function* listDocuments(
  driver: DocumentQuestions,
  collection: string,
  ask: (question: () => Promise<DocumentPage>) => Promise<DocumentPage> = (question) => question(),
): AsyncGenerator<StoredDocument[]> {
  for (let cursor: string | null = null, more = true; more; ) {
    const at: string | null = cursor;
    const page = await ask(() => driver.list({ collection, cursor: at, limit: pageSize }));
    yield page.items;
    cursor = page.cursor;
    more = cursor !== null;
  }
}
