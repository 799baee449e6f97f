import Link from "next/link";
import type { ShownPlanItem } from "../../../lib/domain/proposal.ts";
import { planReasons } from "../../invalidate/plan-items.tsx";
import { titleOfItem } from "../../invalidate/title-of-item.ts";
import { missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { Bytes, RelativeTime } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";

/** Where a thing of a plan has its own page. */
export function pathOfItem(source: string, { of, entryId }: ShownPlanItem): string {
  return `/${of === "entry" ? "cache" : "artifacts"}/${source}/${entryId}`;
}

export function proposalRowColumns(source: string): TableColumn<ShownPlanItem>[] {
  return [
    {
      id: "thing",
      title: "Would go",
      width: 240,
      grow: true,
      cell: (item) => (
        <Link
          href={pathOfItem(source, item)}
          prefetch={false}
          tabIndex={-1}
          className="flex min-w-0 items-center text-ink hover:text-accent"
        >
          <NameText name={titleOfItem(item)} tail={12} />
        </Link>
      ),
    },
    {
      id: "held",
      title: "Held back",
      width: 110,
      cell: ({ held }) => (held ? <StatusMark name="held" /> : <span className="text-faint">{missing}</span>),
    },
    { id: "by", title: "By", width: 96, cell: ({ held }) => held && <NameText name={held.by} /> },
    { id: "at", title: "When", width: 96, cell: ({ held }) => held && <RelativeTime at={held.at} /> },
    {
      id: "why",
      title: "Why it stays",
      width: 220,
      grow: true,
      cell: ({ held }) => held && <span data-tip={escapeInvisible(held.reason)}>{escapeInvisible(held.reason)}</span>,
    },
    { id: "reason", title: "Why it goes", width: 110, cell: ({ reason }) => planReasons[reason] },
    { id: "made", title: "Made", width: 96, cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { id: "size", title: "Size", width: 88, align: "end", cell: ({ bytes }) => <Bytes value={bytes} /> },
    { id: "key", title: "Key", width: 190, cell: ({ key }) => <NameText name={key} tail={16} /> },
  ];
}
