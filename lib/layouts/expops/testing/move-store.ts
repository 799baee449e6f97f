import { DatabaseSync } from "node:sqlite";
import { parseTolerantJson } from "../../../codecs/json.ts";
import type { PlainValue } from "../../../domain/values.ts";
import { decodeStep } from "../decode.ts";
import {
  collectionsOfRun,
  entryPath,
  jsonOf,
  rowOfEntry,
  rowOfMetrics,
  rowOfUse,
  rowsOfCharts,
  rowsOfRun,
  runsIn,
} from "../document-rows.ts";
import { entryKey, type ParsedKey, parseKey } from "../keys.ts";
import { encodeProbePath, processMark, splitProbePath } from "../names.ts";
import { StoredProject } from "./stored-project.ts";

export type Documents = Record<string, Record<string, PlainValue>>;

/**
 * Recorded documents as the rows that the tool would write into SQLite or Redis, so that what it wrote for one pair of engines can be read on
 * another. There the metrics of a reused process are copied from the run that made the result.
 */
export function rowsOfDocuments(documents: Documents, project: string): StoredProject {
  const stored = new StoredProject(project);
  const producers = producersOf(documents);
  for (const [path, fields] of Object.entries(documents)) {
    const [, , collection, run = "", below] = path.split("/");
    const id = path.slice(path.lastIndexOf("/") + 1);
    const document = { path, id, fields, updatedAt: 0, token: "" };
    if (collection === "process_indices" || collection === "step_indices") {
      const { expires_at: _, ...kept } = fields;
      for (const { parsed } of rowOfEntry(null, document)) stored.rows.set(keyOf(parsed), jsonOf(kept));
    } else if (collection === "metric") {
      for (const { parsed } of rowOfMetrics(document, run)) {
        if (parsed.kind !== "metrics") continue;
        const producer = producers.get(JSON.stringify([run, splitProbePath(parsed.probePath).process]));
        const of = producer ? documents[`${collectionsOfRun(project, producer).metrics}/${id}`] : fields;
        stored.rows.set(keyOf(parsed), jsonOf(of ?? fields));
      }
    } else {
      const rows =
        below === "steps"
          ? rowOfUse(document, run)
          : below === "charts_index"
            ? rowsOfCharts(document, run)
            : rowsOfRun(document);
      for (const { parsed, text } of rows)
        stored.rows.set(keyOf(parsed), parsed.kind === "status" ? JSON.stringify(text) : text);
    }
  }
  return stored;
}

/** The rows of a SQLite index, by their keys. */
export function rowsOfDatabase(path: string): Map<string, string> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("SELECT key, value FROM kv").all() as { key: string; value: string }[];
  database.close();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Such rows as the documents that the tool would write. */
export function documentsOfRows(rows: ReadonlyMap<string, string>, project: string): Documents {
  const documents: Documents = {};
  const merge = (at: string, fields: Record<string, PlainValue>) => {
    documents[at] = { ...documents[at], ...fields };
  };
  for (const [key, text] of rows) {
    const parsed = parseKey(key, "sqlite");
    const fields = parseTolerantJson(text).value as Record<string, PlainValue>;
    if (!parsed || parsed.kind === "stats") continue;
    if (parsed.kind === "entry") merge(entryPath(project, parsed.process, parsed.step, parsed.hashes), fields);
    else if (parsed.kind === "status")
      merge(`${runsIn(project)}/${parsed.run}`, { status: fields as never, last_updated: 1 });
    else if (parsed.kind === "timestamps") merge(`${runsIn(project)}/${parsed.run}`, { timestamps: fields });
    else {
      const collections = collectionsOfRun(project, parsed.run);
      if (parsed.kind === "charts") {
        const index = `${collections.charts}/index`;
        const charts = (documents[index]?.charts ?? {}) as Record<string, PlainValue>;
        merge(index, { charts: { ...charts, [parsed.process]: fields } });
      } else if (parsed.kind === "metrics")
        merge(`${collections.metrics}/${encodeProbePath(parsed.probePath)}`, fields);
      else if (parsed.kind === "use") {
        const step = parsed.step ?? processMark;
        const id = `${encodeProbePath(parsed.process)}.${encodeProbePath(step)}`;
        merge(`${collections.steps}/${id}`, { ...fields, process_name: parsed.process, step_name: step });
      }
    }
  }
  return documents;
}

/** By run and process: the run whose result was reused there. */
function producersOf(documents: Documents): Map<string, string> {
  const found = Object.entries(documents).flatMap(([path, fields]) => {
    const [, , collection, run = "", below] = path.split("/");
    if (collection !== "runs" || below !== "steps") return [];
    const { status, producerName, process } = decodeStep(jsonOf(fields)).value;
    return status === "cached" && producerName !== null
      ? [[JSON.stringify([run, process]), producerName] as const]
      : [];
  });
  return new Map(found);
}

function keyOf(parsed: ParsedKey): string {
  switch (parsed.kind) {
    case "entry":
      return entryKey(parsed.process, parsed.step, parsed.hashes, "sqlite");
    case "metrics":
      return `metric:${parsed.run}:probe_path:${encodeProbePath(parsed.probePath)}`;
    case "use":
      return `runs:${parsed.run}:steps:${parsed.process}:${parsed.step ?? processMark}`;
    case "charts":
      return `runs:${parsed.run}:charts:${parsed.process}`;
    default:
      return `runs:${parsed.run}:${parsed.kind}`;
  }
}
