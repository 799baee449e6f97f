"use client";
import { useQuery } from "@tanstack/react-query";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { ArtifactPreview } from "../preview/artifact-preview.tsx";
import { NameText } from "../ui/names.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { ErrorState, NotRefreshed, Skeleton } from "../ui/states.tsx";
import { useTrail } from "../ui/trail.ts";
import { Bytes } from "../ui/values.tsx";
import { ArtifactFacts } from "./artifact-facts.tsx";
import { DownloadLink, lastPart, titleOfArtifact } from "./artifact-name.tsx";

/** One artifact: what it is, whose it is, what is inside. */
export function ArtifactPage({ sourceId, artifactId }: { sourceId: string; artifactId: string }) {
  const query = useQuery(artifactQueries.detail(sourceId, artifactId));
  useTrail([
    { label: "Artifacts", href: `/artifacts?source=${sourceId}` },
    { label: query.data ? titleOfArtifact(query.data) : "Artifact" },
  ]);
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (!query.data) {
    return (
      <>
        <PageHeader title="Artifact" />
        <ErrorState
          error={query.error}
          what="this artifact"
          onRetry={() => query.refetch()}
          list={{ href: `/artifacts?source=${sourceId}`, label: "All artifacts" }}
        />
      </>
    );
  }
  const artifact = query.data;
  return (
    <>
      <PageHeader
        title={<NameText name={titleOfArtifact(artifact)} tail={12} />}
        actions={<DownloadLink contentUrl={artifact.contentUrl} name={lastPart(artifact.name)} />}
      >
        <Bytes value={artifact.bytes} />
        <span>{artifact.mediaType}</span>
        <NotRefreshed error={query.error} onRetry={() => void query.refetch()} />
      </PageHeader>
      <div className="grid items-start gap-6 px-4 pb-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <section aria-labelledby="inside" className="min-w-0">
          <h2 id="inside" className="sr-only">
            Inside
          </h2>
          <ArtifactPreview artifact={artifact} />
        </section>
        <ArtifactFacts artifact={artifact} />
      </div>
    </>
  );
}
