import type { LedgerGrouping, LedgerItem } from "../../../lib/domain/ledger.ts";
import type { ChartTable } from "../../charts/frame/export.ts";
import { hitRateOf } from "./find-break.ts";

const reads: { name: string; numeric: boolean; read(item: LedgerItem): string | number | null }[] = [
  { name: "group", numeric: false, read: ({ group }) => group },
  { name: "source", numeric: false, read: ({ source }) => source },
  { name: "project", numeric: false, read: ({ experimentName }) => experimentName },
  { name: "process", numeric: false, read: ({ process }) => process },
  { name: "step", numeric: false, read: ({ step }) => step },
  { name: "run_id", numeric: false, read: ({ runId }) => runId },
  { name: "started_utc", numeric: false, read: ({ startedAt }) => startedAt },
  { name: "hits", numeric: true, read: ({ hits }) => hits },
  { name: "misses", numeric: true, read: ({ misses }) => misses },
  { name: "hit_rate", numeric: true, read: hitRateOf },
  { name: "hits_without_recorded_time", numeric: true, read: ({ unpriced }) => unpriced },
  { name: "saved_seconds", numeric: true, read: ({ savedSeconds }) => savedSeconds },
  { name: "spent_seconds", numeric: true, read: ({ spentSeconds }) => spentSeconds },
  { name: "bytes", numeric: true, read: ({ bytes }) => bytes },
  { name: "cost_a_month", numeric: true, read: ({ cost }) => cost ?? null },
];

/** The ledger as a file has it: every figure unrounded, columns without any value left out. */
export function tableOfLedger(by: LedgerGrouping, items: readonly LedgerItem[]): ChartTable {
  const columns = reads.filter(({ read }) => items.some((item) => read(item) !== null));
  return {
    caption: `Ledger by ${by}`,
    columns,
    rowCount: items.length,
    cell: (row, column) => columns[column]!.read(items[row]!),
  };
}
