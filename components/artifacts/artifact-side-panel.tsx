"use client";
import { useQuery } from "@tanstack/react-query";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { ArtifactPreview } from "../preview/artifact-preview.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { NameText } from "../ui/names.tsx";
import { SidePanel } from "../ui/side-panel.tsx";
import { ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { DownloadLink, lastPart, titleOfArtifact } from "./artifact-name.tsx";

export interface ArtifactSidePanelProps {
  source: string;
  artifact: string;
  /** What the list calls it, where it has it at hand. */
  title: string | undefined;
  onClose(): void;
}

/** A look into the selected artifact, beside the list. */
export function ArtifactSidePanel({ source, artifact, title, onClose }: ArtifactSidePanelProps) {
  const query = useQuery(artifactQueries.detail(source, artifact));
  return (
    <SidePanel
      label="Selected artifact"
      title={<NameText name={query.data ? titleOfArtifact(query.data) : (title ?? artifact)} tail={12} />}
      actions={
        <ButtonLink look="primary" className="h-7" href={`/artifacts/${source}/${artifact}`}>
          Open
        </ButtonLink>
      }
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 p-4">
        {query.data && query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending ? (
          <Skeleton lines={6} />
        ) : !query.data ? (
          <ErrorState error={query.error} what="this artifact" onRetry={() => query.refetch()} />
        ) : (
          <>
            <ArtifactPreview key={artifact} artifact={query.data} />
            <div>
              <DownloadLink contentUrl={query.data.contentUrl} name={lastPart(query.data.name)} />
            </div>
          </>
        )}
      </div>
    </SidePanel>
  );
}
