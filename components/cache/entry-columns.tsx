import { Pin } from "lucide-react";
import Link from "next/link";
import type { Entry } from "../../lib/domain/entry.ts";
import type { Source } from "../../lib/domain/source.ts";
import { formatCount, missing } from "../ui/format.ts";
import { HashText, isHash, NameText } from "../ui/names.tsx";
import { RunDot } from "../ui/run-dot.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { Bytes, Duration, Measured, RelativeTime } from "../ui/values.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { describeState } from "./describe-entry.ts";

const value: TableColumn<Entry> = {
  id: "value",
  title: "Value",
  unit: "s/MiB",
  hint: "Seconds saved for each MiB that it holds",
  width: 104,
  align: "end",
  sortId: "value",
  descendingFirst: true,
  cell: ({ savedPerMib }) => <Measured value={savedPerMib} />,
};

/** Columns of the table of entries; the source has one only where there are several. */
export function makeEntryColumns(sources: readonly Source[], sort: string): TableColumn<Entry>[] {
  const isByValue = sort.replace("-", "") === value.sortId;
  const columns: TableColumn<Entry>[] = [
    {
      id: "entry",
      title: "Entry",
      width: 260,
      grow: true,
      sortId: "process",
      cell: (entry) => <EntryName entry={entry} />,
    },
    {
      id: "state",
      title: "State",
      width: 112,
      sortId: "state",
      cell: (entry) => <StatusMark name={entry.state} reason={describeState(entry)} />,
    },
    { id: "parts", title: "Key parts", width: 180, cell: (entry) => <KeyParts entry={entry} /> },
    {
      id: "producer",
      title: "Producer",
      hint: "The run that made it",
      width: 152,
      cell: (entry) => <Producer entry={entry} />,
    },
    {
      id: "uses",
      title: "Uses",
      width: 64,
      align: "end",
      sortId: "uses",
      descendingFirst: true,
      cell: ({ uses }) => formatCount(uses),
    },
    {
      id: "saved",
      title: "Saved",
      width: 92,
      align: "end",
      sortId: "saved",
      descendingFirst: true,
      cell: ({ savedSeconds }) => <Duration seconds={savedSeconds} />,
    },
    // Whoever asked for the least value wants to see it beside what was saved.
    ...(isByValue ? [value] : []),
    {
      id: "took",
      title: "Took",
      width: 88,
      align: "end",
      sortId: "duration",
      descendingFirst: true,
      cell: ({ executionSeconds }) => <Duration seconds={executionSeconds} />,
    },
    {
      id: "size",
      title: "Size",
      width: 88,
      align: "end",
      sortId: "size",
      descendingFirst: true,
      cell: ({ bytes }) => <Bytes value={bytes} />,
    },
    {
      id: "made",
      title: "Made",
      width: 96,
      sortId: "created",
      descendingFirst: true,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    { id: "expires", sortId: "expires", title: "Expires", width: 96, cell: (entry) => <Expiry entry={entry} /> },
    {
      id: "last-used",
      title: "Last used",
      width: 96,
      sortId: "used",
      descendingFirst: true,
      cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} />,
    },
    ...(isByValue ? [] : [value]),
  ];
  if (sources.length < 2) return columns;
  const label = (id: string) => sources.find((source) => source.id === id)?.label ?? id;
  return [
    ...columns,
    { id: "source", title: "Source", width: 140, cell: ({ source }) => <NameText name={label(source)} /> },
  ];
}

function EntryName({ entry }: { entry: Entry }) {
  return (
    <Link
      href={`/cache/${entry.source}/${entry.id}`}
      prefetch={false}
      tabIndex={-1}
      className="flex min-w-0 items-baseline gap-1.5 text-ink hover:text-accent"
    >
      {entry.pinned && (
        <span
          role="img"
          aria-label="Pinned"
          data-tip="Pinned: policies and freeing space leave it"
          className="self-center"
        >
          <Pin aria-hidden className="size-3.5 text-quiet" />
        </span>
      )}
      <NameText name={entry.process ?? entry.key} />
      {entry.step !== null && (
        <span className="flex min-w-0 text-quiet">
          ▸&nbsp;
          <NameText name={entry.step} />
        </span>
      )}
    </Link>
  );
}

/** Its name, or, where that run is not recorded, the beginning of its id. */
function Producer({ entry: { source, producerRunId: run, producerRunName: name } }: { entry: Entry }) {
  if (run === null) return <span className="text-faint">{missing}</span>;
  return (
    <Link href={`/runs/${source}/${run}`} prefetch={false} tabIndex={-1} className="flex min-w-0 items-center gap-1.5">
      <RunDot runId={run} />
      {name === null ? <HashText hash={run} copy={false} /> : <NameText name={name} />}
    </Link>
  );
}

function KeyParts({ entry }: { entry: Entry }) {
  return (
    <span className="flex min-w-0 gap-2 text-label">
      {entry.keyParts.map(({ name, value }) => (
        <span
          key={name}
          data-tip={escapeInvisible(`${name} ${value}`)}
          className={isHash(value) ? "shrink-0" : "flex min-w-0"}
        >
          {isHash(value) ? <HashText hash={value} length={6} copy={false} /> : <NameText name={value} />}
        </span>
      ))}
    </span>
  );
}

function Expiry({ entry }: { entry: Entry }) {
  if (entry.expiresAt) return <RelativeTime at={entry.expiresAt} />;
  return (
    <span
      className="text-faint"
      data-tip={entry.ttl && !entry.ttl.enforced ? "A life is set, but nothing here enforces it." : "No life is set."}
    >
      {entry.ttl && !entry.ttl.enforced ? "not enforced" : missing}
    </span>
  );
}
