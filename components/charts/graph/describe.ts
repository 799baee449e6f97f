import { formatDuration } from "../../ui/format.ts";
import type { ChartTable } from "../frame/export.ts";
import { originWord } from "../frame/origin-mark.ts";
import type { GraphPicture, GraphProcess } from "./prepare.ts";

/** How a process fared, in words: `reused`, `failed here`, `dependency failed`, `never ran`, `still to come`. */
export function fateOf({ mark, failure }: Pick<GraphProcess, "mark" | "failure">): string {
  if (failure && mark !== "queued") return failure.here ? "failed here" : "dependency failed";
  return originWord(mark);
}

/** A process in one spoken sentence. */
export function describeProcess(process: GraphProcess, picture: GraphPicture): string {
  const named = new Map(picture.processes.map(({ id, name }) => [id, name]));
  const before = picture.edges.filter((edge) => edge.to === process.id).map((edge) => named.get(edge.from));
  return [
    `${process.name}: ${fateOf(process)}`,
    process.seconds === null
      ? ""
      : process.origin === "reused"
        ? `made in ${formatDuration(process.seconds)}`
        : formatDuration(process.seconds),
    before.length > 0 ? `after ${before.join(" and ")}` : "",
    process.steps.length > 0 ? `${process.steps.length} ${process.steps.length === 1 ? "step" : "steps"}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** The graph as rows: processes with their steps below them. */
export function graphTable(picture: GraphPicture, nameOfRun: (runId: string) => string): ChartTable {
  const named = new Map(picture.processes.map(({ id, name }) => [id, name]));
  const linked = (id: string, from: "from" | "to", to: "from" | "to") =>
    picture.edges
      .filter((edge) => edge[from] === id)
      .map((edge) => named.get(edge[to]))
      .join(", ") || null;
  const rows = picture.processes.flatMap((process): (string | number | null)[][] => [
    [
      process.name,
      null,
      fateOf(process),
      process.seconds,
      process.producerRunId && nameOfRun(process.producerRunId),
      linked(process.id, "to", "from"),
      linked(process.id, "from", "to"),
    ],
    ...process.steps.map((step) => [
      process.name,
      step.name,
      originWord(step.mark),
      step.seconds,
      step.producerRunId && nameOfRun(step.producerRunId),
      null,
      null,
    ]),
  ]);
  return {
    caption: "Process graph",
    columns: [
      { name: "Process" },
      { name: "Step" },
      { name: "State" },
      { name: "Seconds", numeric: true },
      { name: "From run" },
      { name: "After" },
      { name: "Before" },
    ],
    rowCount: rows.length,
    cell: (row, column) => rows[row]?.[column] ?? null,
  };
}
