import Link from "next/link";
import type { Artifact } from "../../lib/domain/entry.ts";
import { formatCount } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { Bytes, RelativeTime } from "../ui/values.tsx";
import { folderOf, lastPart, titleOfArtifact } from "./artifact-name.tsx";

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
    title: "File changed",
    hint: "Time of the file, not of the run",
    width: 116,
    sortId: "modified",
    descendingFirst: true,
    cell: ({ modifiedAt }) => <RelativeTime at={modifiedAt} />,
  },
  {
    id: "named-by",
    title: "Named by",
    width: 92,
    align: "end",
    cell: ({ orphan, sharedBy }) =>
      orphan ? <StatusMark name="orphan" reason="No entry of the cache names it." /> : formatCount(sharedBy),
  },
];

function ArtifactName({ artifact }: { artifact: Artifact }) {
  const title = titleOfArtifact(artifact);
  const isFile = title === lastPart(artifact.name);
  const path = isFile ? folderOf(artifact.name) : artifact.name;
  const beside = isFile && artifact.process !== null ? artifact.process : null;
  return (
    <Link
      href={`/artifacts/${artifact.source}/${artifact.id}`}
      prefetch={false}
      tabIndex={-1}
      className="flex min-w-0 items-baseline gap-3 text-ink hover:text-accent"
    >
      <NameText name={title} tail={20} className="max-w-[70%] shrink-0" />
      {beside && <NameText name={beside} className="max-w-[30%] shrink-0 text-quiet" />}
      <NameText name={path} tail={20} className="text-label text-faint" />
    </Link>
  );
}
