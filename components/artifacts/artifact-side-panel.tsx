"use client";
import { useQuery } from "@tanstack/react-query";
import type { Artifact } from "../../lib/domain/entry.ts";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { ArtifactPreview } from "../preview/artifact-preview.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { NameText } from "../ui/names.tsx";
import { SidePanel } from "../ui/side-panel.tsx";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import { DownloadLink, lastPart } from "./artifact-name.tsx";

/** A look into the selected artifact, beside the list. */
export function ArtifactSidePanel({ artifact, onClose }: { artifact: Artifact; onClose(): void }) {
  const query = useQuery(artifactQueries.detail(artifact.source, artifact.id));
  return (
    <SidePanel
      label="Selected artifact"
      title={<NameText name={lastPart(artifact.name)} tail={12} />}
      actions={
        <ButtonLink look="primary" className="h-7" href={`/artifacts/${artifact.source}/${artifact.id}`}>
          Open
        </ButtonLink>
      }
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 p-4">
        {query.isPending ? (
          <Skeleton lines={6} />
        ) : query.isError ? (
          <ErrorState error={query.error} what="this artifact" onRetry={() => query.refetch()} />
        ) : (
          <>
            <ArtifactPreview
              key={artifact.id}
              source={artifact.source}
              artifact={artifact.id}
              name={artifact.name}
              contentUrl={query.data.contentUrl}
            />
            <div>
              <DownloadLink contentUrl={query.data.contentUrl} name={lastPart(artifact.name)} />
            </div>
          </>
        )}
      </div>
    </SidePanel>
  );
}
