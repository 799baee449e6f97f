import Link from "next/link";
import type { LedgerGrouping, LedgerItem } from "../../../lib/domain/ledger.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { quoteWhereNeeded } from "../../ui/filter/complete-filter.ts";
import { formatCount, formatShare } from "../../ui/format.ts";
import { HashText, isHash, NameText } from "../../ui/names.tsx";
import { RunDot } from "../../ui/run-dot.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { Bytes, Duration, Measured } from "../../ui/values.tsx";
import { hitRateOf } from "./find-break.ts";
import { groupingWords } from "./ledger-view.ts";

/** Columns of the ledger; the source and the project have one where they tell groups apart, the cost where a price is set. */
export function makeLedgerColumns(
  by: LedgerGrouping,
  sources: readonly Source[],
  hasCost: boolean,
): TableColumn<LedgerItem>[] {
  const label = (id: string) => sources.find((source) => source.id === id)?.label ?? id;
  const isOfProject = by === "process" || by === "step" || by === "run";
  const figure = (id: string, title: string, cell: TableColumn<LedgerItem>["cell"], hint?: string) => ({
    ...{ id, title, cell, sortId: id, width: 92, align: "end" as const, descendingFirst: true },
    ...(hint && { hint }),
  });
  return [
    {
      id: "group",
      title: capitalised(groupingWords[by].label),
      width: 240,
      grow: true,
      sortId: "group",
      descendingFirst: by === "run" || by === "day",
      cell: (item) => <GroupName by={by} item={item} />,
    },
    figure("hits", "Hits", ({ hits }) => formatCount(hits)),
    figure("misses", "Misses", ({ misses }) => formatCount(misses), "What was looked up and had to be executed"),
    figure("rate", "Hit rate", (item) => formatShare(hitRateOf(item))),
    figure("saved", "Saved", (item) => <Saved item={item} />),
    figure("spent", "Spent", ({ spentSeconds }) => <Duration seconds={spentSeconds} />),
    {
      ...figure("bytes", "Stored", ({ bytes }) => <Bytes value={bytes} />, "Payloads, each counted once"),
      ...(by === "run" ? { sortId: "" } : {}),
    },
    ...(hasCost
      ? [
          {
            ...figure(
              "cost",
              "Cost",
              ({ cost }) => <Measured value={cost} text={formatCost(cost)} />,
              "Of keeping it for a month",
            ),
            sortId: by === "run" ? "" : "bytes",
          },
        ]
      : []),
    ...(isOfProject
      ? [
          {
            id: "project",
            title: "Project",
            width: 132,
            cell: ({ experimentName }: LedgerItem) => <NameText name={experimentName ?? ""} />,
          },
        ]
      : []),
    ...((isOfProject || by === "project") && sources.length > 1
      ? [
          {
            id: "source",
            title: "Source",
            width: 140,
            cell: ({ source }: LedgerItem) => <NameText name={label(source ?? "")} />,
          },
        ]
      : []),
  ];
}

/** Money, in whatever currency the price is: hundredths are enough. */
export function formatCost(cost: number | undefined): string {
  if (cost === undefined || cost === 0) return "0";
  return cost < 0.01 ? "< 0.01" : cost.toFixed(2);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function Saved({ item: { savedSeconds, unpriced } }: { item: LedgerItem }) {
  if (unpriced === 0) return <Duration seconds={savedSeconds} />;
  const why = `Of ${formatCount(unpriced)} of the hits it is not recorded how long their results took: more was saved.`;
  return (
    <span data-tip={why}>
      ≥ <Duration seconds={savedSeconds} />
    </span>
  );
}

/** A group is named by what it is, and leads to its entries or to the run. */
function GroupName({ by, item }: { by: LedgerGrouping; item: LedgerItem }) {
  if (item.group === null) return <span className="text-faint">not recorded</span>;
  const href = hrefOf(by, item);
  const name = (
    <>
      {item.runId !== null && <RunDot runId={item.runId} />}
      {isHash(item.group) ? <HashText hash={item.group} copy={false} /> : <NameText name={item.group} />}
    </>
  );
  if (href === null) return <span className="flex min-w-0 items-center gap-1.5">{name}</span>;
  return (
    <Link
      href={href}
      prefetch={false}
      tabIndex={-1}
      className="flex min-w-0 items-center gap-1.5 text-ink hover:text-accent"
    >
      {name}
    </Link>
  );
}

/** Where a group leads; `null`: no list shows just this. */
export function hrefOf(
  by: LedgerGrouping,
  { group, runId, source, process, step, experimentName }: LedgerItem,
): string | null {
  if (runId !== null) return `/runs/${source}/${runId}`;
  const is = (field: string, name: string) => `${field} = ${quoteWhereNeeded(name)}`;
  const parts = [
    ...(experimentName === null ? [] : [is("experiment", experimentName)]),
    ...(process === null ? [] : [is("process", process)]),
    ...(step === null ? [] : [is("step", step)]),
    ...(by === "version" && group !== null ? [is("version", group)] : []),
  ];
  return parts.length === 0 ? null : `/cache?q=${encodeURIComponent(parts.join(" and "))}`;
}
