import Link from "next/link";
import type { Artifact, Entry } from "../../../lib/domain/entry.ts";
import type { EntryFault } from "../../../lib/domain/orphan.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { type MarkName, StatusMark } from "../../ui/status-mark.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { Bytes, RelativeTime } from "../../ui/values.tsx";
import { titleOfEntry } from "../describe-entry.ts";

type Orphan = Artifact & Reason & { revivable: boolean };

export interface Reason {
  source: string;
  reason: string;
}

const sizeColumn = {
  id: "size",
  title: "Size",
  width: 88,
  align: "end",
  cell: ({ bytes }: { bytes: number | null }) => <Bytes value={bytes} />,
} as const;

function commonColumns<Row extends Reason>(sources: readonly Source[]): TableColumn<Row>[] {
  const label = (id: string) => sources.find((source) => source.id === id)?.label ?? id;
  return [
    {
      id: "reason",
      title: "Why",
      width: 380,
      grow: true,
      cell: ({ reason }) => <span data-tip={reason}>{reason}</span>,
    },
    ...(sources.length > 1
      ? [{ id: "source", title: "Source", width: 140, cell: ({ source }: Row) => <NameText name={label(source)} /> }]
      : []),
  ];
}

const marks: Record<"index" | EntryFault, MarkName> = { index: "broken", size: "drifted", expiry: "expired" };

/** Entries with something odd about them. */
export function entryColumns(side: "index" | EntryFault, sources: readonly Source[]): TableColumn<Entry & Reason>[] {
  return [
    {
      id: "entry",
      title: "Entry",
      width: 240,
      cell: (entry) => (
        <Link
          href={`/cache/${entry.source}/${entry.id}`}
          prefetch={false}
          tabIndex={-1}
          className="flex min-w-0 items-center gap-1.5 text-ink hover:text-accent"
        >
          <StatusMark name={marks[side]} short />
          <NameText name={titleOfEntry(entry)} />
        </Link>
      ),
    },
    ...(side === "expiry" ? [sizeColumn] : []),
    { id: "made", title: "Made", width: 96, cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    ...commonColumns<Entry & Reason>(sources),
  ];
}

/** Payloads that no record names. */
export function orphanColumns(sources: readonly Source[]): TableColumn<Orphan>[] {
  return [
    {
      id: "payload",
      title: "Payload",
      width: 300,
      grow: true,
      cell: (artifact) => (
        <Link
          href={`/artifacts/${artifact.source}/${artifact.id}`}
          prefetch={false}
          tabIndex={-1}
          className="flex min-w-0 items-center gap-1.5 text-ink hover:text-accent"
        >
          <StatusMark name="orphan" short />
          <NameText name={artifact.name} />
        </Link>
      ),
    },
    { id: "role", title: "What", width: 72, cell: ({ role }) => role },
    {
      id: "process",
      title: "Process",
      width: 140,
      cell: ({ process, step }) => <NameText name={[process, step].filter((name) => name !== null).join(" ▸ ")} />,
    },
    sizeColumn,
    {
      id: "revivable",
      title: "Entry",
      hint: "A run is recorded to have made it, so that its entry can be written anew",
      width: 112,
      cell: ({ revivable }) =>
        revivable ? <span className="text-green">can be revived</span> : <span className="text-faint">{missing}</span>,
    },
    { id: "modified", title: "Written", width: 96, cell: ({ modifiedAt }) => <RelativeTime at={modifiedAt} /> },
    ...commonColumns<Orphan>(sources),
  ];
}
