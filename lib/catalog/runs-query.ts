import type { Filter } from "../domain/filter/ast.ts";
import type { RunsQuery } from "./contract.ts";
import { type Condition, compileFilter } from "./filter-conditions.ts";
import { runsTarget } from "./filter-runs.ts";
import type { PackedRuns } from "./packed-runs.ts";
import { readPage } from "./page.ts";
import {
  freshnessOf,
  isOneOf,
  type KnownSource,
  ofExperiment,
  type ReadContext,
  readFilter,
  withinScope,
} from "./read-context.ts";
import { readRunRows } from "./run-rows.ts";
import { runsOrder } from "./runs-order.ts";
import { countRows } from "./sorted-rows.ts";
import { sumTotals, type Total, type Totals } from "./totals.ts";

type RunsAsked = Pick<RunsQuery, "scope" | "experiment" | "status">;

/** A page of runs of any sources. */
export function readRuns(context: ReadContext, totals: Totals, asked: RunsQuery): PackedRuns {
  const filter = readFilter(asked.q, "runs");
  const sources = context.sources(asked.sources);
  const order = runsOrder(context, sources, asked.sort);
  const { rows, nextCursor } = readPage({
    sids: sources.map(({ sid }) => sid),
    sort: `runs ${order.name}`,
    descending: order.descending,
    cursor: asked.cursor,
    limit: asked.limit,
    read: (sid, blank, after, limit) =>
      order.read(sid, blank, after, limit, (rid) => runsConditions(context, sid, rid, asked, filter)),
  });
  const whole = asked.cursor === undefined && nextCursor === null;
  const total = whole ? { value: rows.length, exact: true } : countRuns(context, totals, sources, asked, filter);
  return {
    ...readRunRows(context, sources, rows, asked.columns),
    nextCursor,
    total,
    ...freshnessOf(asked.sources, sources),
  };
}

/** What a list of runs of one source is narrowed by. `rid` is the column that holds the run's row number where the list begins. */
export function runsConditions(
  context: ReadContext,
  sid: number,
  rid: string,
  asked: RunsAsked,
  filter: Filter | null,
): Condition[] {
  return [
    ...withinScope("runs.experiment", asked.scope),
    ...ofExperiment("runs.experiment", sid, asked.experiment),
    ...(asked.status && asked.status.length > 0 ? [isOneOf("runs.status", asked.status)] : []),
    ...(filter ? [compileFilter(filter, runsTarget(context, sid, rid))] : []),
  ];
}

function countRuns(
  context: ReadContext,
  totals: Totals,
  sources: KnownSource[],
  asked: RunsQuery,
  filter: Filter | null,
): Total {
  const { q, scope, experiment, status } = asked;
  return totals.remember(JSON.stringify(["runs", asked.sources, q, scope, experiment, status]), () =>
    sumTotals(
      sources.map(({ sid, runs }) => {
        const conditions = runsConditions(context, sid, "runs.rid", asked, filter);
        return conditions.length === 0
          ? { value: runs, exact: true }
          : countRows(context, { table: "runs", row: "rid", sid, conditions });
      }),
    ),
  );
}
