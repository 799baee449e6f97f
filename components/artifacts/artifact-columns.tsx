import Link from "next/link";
import type { Artifact } from "../../lib/domain/entry.ts";
import { formatCount } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { Bytes, RelativeTime } from "../ui/values.tsx";
import { folderOf, lastPart } from "./artifact-name.tsx";

/** Columns of the list of artifacts. */
export const artifactColumns: readonly TableColumn<Artifact>[] = [
  {
    id: "name",
    title: "Name",
    width: 420,
    grow: true,
    sortId: "name",
    cell: (artifact) => <ArtifactName artifact={artifact} />,
  },
  { id: "kind", title: "Kind", width: 190, cell: ({ mediaType }) => <NameText name={mediaType} /> },
  {
    id: "size",
    title: "Size",
    width: 96,
    align: "end",
    sortId: "size",
    descendingFirst: true,
    cell: ({ bytes }) => <Bytes value={bytes} />,
  },
  {
    id: "changed",
    title: "Changed",
    width: 104,
    sortId: "modified",
    descendingFirst: true,
    cell: ({ modifiedAt }) => <RelativeTime at={modifiedAt} />,
  },
  { id: "named-by", title: "Named by", width: 88, align: "end", cell: ({ sharedBy }) => formatCount(sharedBy) },
];

function ArtifactName({ artifact }: { artifact: Artifact }) {
  return (
    <Link
      href={`/artifacts/${artifact.source}/${artifact.id}`}
      prefetch={false}
      tabIndex={-1}
      className="flex min-w-0 items-baseline gap-3 text-ink hover:text-accent"
    >
      <NameText name={lastPart(artifact.name)} tail={20} className="max-w-[60%] shrink-0" />
      <NameText name={folderOf(artifact.name)} tail={20} className="text-faint" />
    </Link>
  );
}
