"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ArtifactDetail } from "../../lib/domain/entry.ts";
import type { Preview } from "../../lib/domain/preview.ts";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { formatBytes } from "../ui/format.ts";
import { TextBox } from "../ui/scroll-box.tsx";
import { EmptyState, ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { ArrayPreview } from "./array-preview.tsx";
import { Cut, Problem } from "./messages.tsx";
import { PartSteps, type Steps } from "./part-steps.tsx";
import { PicklePreview } from "./pickle-preview.tsx";
import { SandboxedFrame } from "./sandboxed-frame.tsx";
import { StructureTree } from "./structure-tree.tsx";
import { TablePreview } from "./table-preview.tsx";

const rowsShown = 200;

/** What is inside an artifact, as far as it can be shown safely. */
export function ArtifactPreview({ artifact }: { artifact: ArtifactDetail }) {
  const { source, id, name, bytes, modifiedAt, contentUrl } = artifact;
  // Where earlier parts began: a part of text has as many bytes as its lines happen to have, so the way back must be remembered.
  const [offsets, setOffsets] = useState<readonly number[]>([0]);
  const offset = offsets.at(-1) ?? 0;
  const version = `${modifiedAt} ${bytes}`;
  const query = useQuery(artifactQueries.preview(source, id, version, { offset, limit: rowsShown }));
  if (query.isPending) return <Skeleton lines={6} className="p-4" />;
  if (!query.data) return <ErrorState error={query.error} what="the preview" onRetry={() => query.refetch()} />;
  return (
    <div className="flex min-w-0 flex-col gap-3" data-preview={query.data.kind}>
      {query.error && <InlineError error={query.error} onRetry={() => query.refetch()} />}
      <PreviewBody
        preview={query.data}
        name={name}
        contentUrl={contentUrl}
        isFirst={offset === 0}
        onBefore={() => setOffsets(offsets.slice(0, -1))}
        onAfter={(next) => setOffsets([...offsets, next])}
      />
    </div>
  );
}

interface BodyProps {
  preview: Preview;
  name: string;
  contentUrl: string;
  isFirst: boolean;
  onBefore(): void;
  onAfter(offset: number): void;
}

function PreviewBody({ preview, name, contentUrl, ...steps }: BodyProps) {
  switch (preview.kind) {
    case "image":
      return <ImagePreview preview={preview} name={name} contentUrl={contentUrl} />;
    case "table":
      return <TablePreview preview={preview} rowsShown={rowsShown} {...steps} />;
    case "json":
      return (
        <>
          {preview.problem && <Problem>{preview.problem}</Problem>}
          {preview.root ? <StructureTree root={preview.root} /> : <TextBox label="Content" text={preview.text} />}
          {preview.truncated && <Cut>Only the beginning is shown.</Cut>}
        </>
      );
    case "text":
      return <TextPreview preview={preview} {...steps} />;
    case "array":
      return <ArrayPreview preview={preview} />;
    case "pickle":
      return <PicklePreview preview={preview} />;
    case "html":
      return <SandboxedFrame name={name} contentUrl={contentUrl} />;
    case "unsupported":
      return (
        <EmptyState title="No preview">
          {preview.reason} It can be downloaded ({formatBytes(preview.bytes)}, {preview.mediaType}).
        </EmptyState>
      );
  }
}

function ImagePreview({
  preview,
  name,
  contentUrl,
}: {
  preview: Extract<Preview, { kind: "image" }>;
  name: string;
  contentUrl: string;
}) {
  const size = preview.width && preview.height ? `${preview.width} × ${preview.height} pixels` : preview.mediaType;
  return (
    <figure className="m-0 flex flex-col gap-2">
      <div className="overflow-auto bg-white rounded-md border border-line">
        {/* biome-ignore lint/performance/noImgElement: the image optimiser is off, the bytes come from a signed address */}
        <img
          src={contentUrl}
          alt={`Artifact ${escapeInvisible(name)}`}
          width={preview.width ?? undefined}
          height={preview.height ?? undefined}
          className="mx-auto block h-auto max-w-full"
        />
      </div>
      <figcaption className="text-label text-quiet">
        {size}, {formatBytes(preview.bytes)}
      </figcaption>
    </figure>
  );
}

function TextPreview({ preview, ...steps }: { preview: Extract<Preview, { kind: "text" }> } & Steps) {
  const end = preview.offset + new TextEncoder().encode(preview.text).length;
  const isLast = end >= preview.totalBytes;
  return (
    <>
      <TextBox label="Content" text={preview.text} />
      {(preview.truncated || !steps.isFirst) && (
        <PartSteps {...steps} next={isLast ? null : end}>
          {formatBytes(preview.offset)} to {formatBytes(end)} of {formatBytes(preview.totalBytes)}
        </PartSteps>
      )}
    </>
  );
}
