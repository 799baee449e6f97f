import type { Operation } from "../../lib/domain/operation.ts";
import { titleOfOperation } from "../invalidate/intents.ts";
import { formatCount, missing } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { Bytes, RelativeTime } from "../ui/values.tsx";

export function makeOperationColumns(labelOf: (source: string) => string): TableColumn<Operation>[] {
  return [
    {
      id: "what",
      title: "Operation",
      width: 240,
      grow: true,
      cell: titleOfOperation,
    },
    {
      id: "status",
      title: "Status",
      width: 150,
      cell: ({ status, totals, problem }) => (
        <span className="flex items-center gap-2">
          <StatusMark name={status} {...(problem && { reason: problem })} />
          {status === "running" && <ProgressBar className="w-14" done={totals.settled} of={totals.items} />}
        </span>
      ),
    },
    {
      id: "items",
      title: "Items",
      width: 72,
      align: "end",
      cell: ({ totals }) => formatCount(totals.items),
    },
    { id: "source", title: "Source", width: 170, cell: ({ source }) => <NameText name={labelOf(source)} /> },
    { id: "by", title: "By", width: 96, cell: ({ by }) => <NameText name={by} /> },
    { id: "at", title: "When", width: 96, cell: ({ at }) => <RelativeTime at={at} /> },
    {
      id: "trash",
      title: "In the trash",
      width: 110,
      align: "end",
      cell: ({ totals }) =>
        totals.trashItems === 0 ? (
          <span className="text-faint">{missing}</span>
        ) : (
          <span>
            {formatCount(totals.trashItems)}, <Bytes value={totals.trashBytes} />
          </span>
        ),
    },
    {
      id: "until",
      title: "Kept until",
      hint: "Until then it can be put back",
      width: 100,
      cell: ({ restorableUntil }) => <RelativeTime at={restorableUntil} />,
    },
  ];
}
