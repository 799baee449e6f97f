import Link from "next/link";
import type { Artifact, Entry } from "../../../lib/domain/entry.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { Bytes, RelativeTime } from "../../ui/values.tsx";
import { titleOfEntry } from "../describe-entry.ts";

type Orphan = Artifact & Reason & { revivable: boolean };

interface Reason {
  source: string;
  reason: string;
}

function commonColumns<Row extends Reason>(sources: readonly Source[]): TableColumn<Row>[] {
  const label = (id: string) => sources.find((source) => source.id === id)?.label ?? id;
  return [
    { id: "reason", title: "Why", width: 380, cell: ({ reason }) => <span data-tip={reason}>{reason}</span> },
    ...(sources.length > 1
      ? [{ id: "source", title: "Source", width: 140, cell: ({ source }: Row) => <NameText name={label(source)} /> }]
      : []),
  ];
}

/** Records whose payload is missing. */
export function brokenColumns(sources: readonly Source[]): TableColumn<Entry & Reason>[] {
  return [
    {
      id: "entry",
      title: "Entry",
      width: 240,
      grow: true,
      cell: (entry) => (
        <Link
          href={`/cache/${entry.source}/${entry.id}`}
          prefetch={false}
          tabIndex={-1}
          className="flex min-w-0 items-center gap-1.5 text-ink hover:text-accent"
        >
          <StatusMark name="broken" short />
          <NameText name={titleOfEntry(entry)} />
        </Link>
      ),
    },
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
    { id: "size", title: "Size", width: 88, align: "end", cell: ({ bytes }) => <Bytes value={bytes} /> },
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
