"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ArtifactDetail } from "../../lib/domain/entry.ts";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { ArtifactPreview } from "../preview/artifact-preview.tsx";
import { formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import { useTrail } from "../ui/trail.ts";
import { Bytes, RelativeTime } from "../ui/values.tsx";
import { DownloadLink, lastPart } from "./artifact-name.tsx";

/** One artifact: what it is, whose it is, what is inside. */
export function ArtifactPage({ sourceId, artifactId }: { sourceId: string; artifactId: string }) {
  const query = useQuery(artifactQueries.detail(sourceId, artifactId));
  useTrail([
    { label: "Artifacts", href: `/artifacts?source=${sourceId}` },
    { label: lastPart(query.data?.name ?? "Artifact") },
  ]);
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (query.isError) return <ErrorState error={query.error} what="this artifact" onRetry={() => query.refetch()} />;
  const artifact = query.data;
  return (
    <div className="h-full overflow-auto">
      <PageHeader
        title={<NameText name={lastPart(artifact.name)} tail={12} />}
        actions={<DownloadLink contentUrl={artifact.contentUrl} name={lastPart(artifact.name)} />}
      >
        <Bytes value={artifact.bytes} />
        <span>{artifact.mediaType}</span>
      </PageHeader>
      <div className="grid gap-6 px-4 pb-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <ArtifactPreview
          source={sourceId}
          artifact={artifactId}
          name={artifact.name}
          contentUrl={artifact.contentUrl}
        />
        <ArtifactFacts artifact={artifact} />
      </div>
    </div>
  );
}

function ArtifactFacts({ artifact }: { artifact: ArtifactDetail }) {
  const { source, producer, usedBy, entryId } = artifact;
  return (
    <aside aria-label="Facts" className="flex flex-col gap-4">
      <Facts>
        <Fact name="Name">
          <span className="font-mono break-all" translate="no">
            {artifact.name}
          </span>
        </Fact>
        <Fact name="Size">
          <Bytes value={artifact.bytes} />
        </Fact>
        <Fact name="Changed">
          <RelativeTime at={artifact.modifiedAt} />
        </Fact>
        {producer && (
          <Fact name="Written by">
            <RunLink source={source} run={producer} />
          </Fact>
        )}
        {artifact.replacedSince && (
          <Fact name="Replaced">
            <span className="text-amber">A later run wrote over it; the run above made another version of it.</span>
          </Fact>
        )}
        {entryId && (
          <Fact name="Cache entry">
            <Link href={`/cache/${source}/${entryId}`}>the entry that names it</Link>
          </Fact>
        )}
        <Fact name="Named by">{artifact.sharedBy === 0 ? "nothing" : formatPlural(artifact.sharedBy, "record")}</Fact>
      </Facts>
      {usedBy.length > 0 && (
        <section>
          <h2 className="m-0 mb-1 text-label font-medium text-quiet">Used by {formatPlural(usedBy.length, "run")}</h2>
          <ul className="m-0 list-none p-0 text-label">
            {usedBy.map((run) => (
              <li key={run.runId} className="py-0.5">
                <RunLink source={source} run={run} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}

function RunLink({ source, run }: { source: string; run: { runId: string; runName: string } }) {
  return (
    <Link href={`/runs/${source}/${run.runId}`} className="block min-w-0">
      <NameText name={run.runName} />
    </Link>
  );
}
