"use client";
import { useQuery } from "@tanstack/react-query";
import { File, FileText, Image as Picture, Table } from "lucide-react";
import Link from "next/link";
import type { Artifact } from "../../../lib/domain/entry.ts";
import { artifactContentUrl } from "../../../lib/queries/artifact-queries.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { shortName } from "../../charts/frame/short-name.ts";
import { formatCount } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { EmptyState, ErrorState, InlineError, Skeleton } from "../../ui/states.tsx";
import { Bytes, RelativeTime } from "../../ui/values.tsx";
import { RunLink } from "./run-link.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";

/** The files that the run wrote or used: pictures as pictures, everything else as a line that leads to its page. */
export function RunArtifacts({ view }: { view: RunView }) {
  const { run } = view;
  const query = useQuery(runQueries.artifacts(run.source, run.id));
  if (query.isPending) return <Skeleton lines={6} />;
  if (!query.data) return <ErrorState error={query.error} what="the artifacts" onRetry={() => query.refetch()} />;
  const { items, total, nextCursor } = query.data;
  if (items.length === 0) {
    return (
      <EmptyState title={isUnderWay(run) ? "No artifacts yet" : "This run left no artifacts"}>
        Charts, models and other files that a run writes or reuses are listed here.
      </EmptyState>
    );
  }
  const charts = new Map(run.charts.map((chart) => [chart.artifactId, chart]));
  const pictures = items.filter(isPicture);
  const files = items.filter((artifact) => !isPicture(artifact));
  return (
    <div className="flex flex-col gap-6">
      {query.error && <InlineError error={query.error} onRetry={() => query.refetch()} />}
      {nextCursor !== null && (
        <p className="text-quiet">
          The first {formatCount(items.length)}
          {total && ` of ${formatCount(total.value)}`} artifacts.{" "}
          <Link href={`/artifacts?source=${run.source}`} prefetch={false}>
            All of this source
          </Link>
        </p>
      )}
      {pictures.length > 0 && (
        <ul aria-label="Pictures" className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))] gap-3">
          {pictures.map((artifact) => (
            <PictureCard key={artifact.id} artifact={artifact} chart={charts.get(artifact.id)} view={view} />
          ))}
        </ul>
      )}
      {files.length > 0 && (
        <ul
          aria-label="Files"
          className="rounded-md border border-line text-label [&>li+li]:border-t [&>li]:border-line"
        >
          {files.map((artifact) => (
            <FileRow key={artifact.id} artifact={artifact} chart={charts.get(artifact.id)} view={view} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface ArtifactProps {
  artifact: Artifact;
  chart: RunView["run"]["charts"][number] | undefined;
  view: RunView;
}

function PictureCard({ artifact, chart, view }: ArtifactProps) {
  const name = chart?.title ?? lastPart(artifact.name);
  return (
    <li className="flex flex-col overflow-hidden rounded-md border border-line">
      <Link
        href={`/artifacts/${artifact.source}/${artifact.id}`}
        prefetch={false}
        className="flex aspect-[4/3] items-center justify-center bg-white p-1"
      >
        {/* biome-ignore lint/performance/noImgElement: shown as stored, behind a sign-in; nothing to optimise */}
        <img
          src={artifactContentUrl(artifact.source, artifact.id)}
          alt={shortName(name)}
          loading="lazy"
          decoding="async"
          className="max-h-full max-w-full object-contain"
        />
      </Link>
      <div className="flex flex-col gap-0.5 border-t border-line px-3 py-2 text-label">
        <Link
          href={`/artifacts/${artifact.source}/${artifact.id}`}
          prefetch={false}
          className="flex min-w-0 font-medium text-ink"
        >
          <NameText name={name} tail={12} />
        </Link>
        <span className="flex flex-wrap gap-x-3 text-quiet">
          {chart?.process && <NameText name={chart.process} />}
          <Bytes value={artifact.bytes} />
          <RelativeTime at={artifact.modifiedAt} />
        </span>
        <Origin artifact={artifact} chart={chart} view={view} />
      </div>
    </li>
  );
}

function FileRow({ artifact, chart, view }: ArtifactProps) {
  const Shape = artifact.mediaType.startsWith("text/csv")
    ? Table
    : artifact.mediaType.startsWith("text/")
      ? FileText
      : artifact.mediaType.startsWith("image/")
        ? Picture
        : File;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2 hover:bg-hover">
      <Shape aria-hidden className="size-4 shrink-0 text-faint" />
      <Link
        href={`/artifacts/${artifact.source}/${artifact.id}`}
        prefetch={false}
        className="flex min-w-0 flex-1 text-ink max-md:basis-[calc(100%-2rem)]"
      >
        <NameText name={chart?.title ?? artifact.name} tail={16} />
      </Link>
      <span className="w-36 min-w-0 text-quiet max-md:w-auto">
        {chart?.process && <NameText name={chart.process} />}
      </span>
      <span className="w-16 text-right text-quiet tabular-nums">
        <Bytes value={artifact.bytes} />
      </span>
      <span className="w-20 text-right text-quiet">
        <RelativeTime at={artifact.modifiedAt} />
      </span>
      <span className="w-72 min-w-0 max-md:w-full">
        <Origin artifact={artifact} chart={chart} view={view} />
      </span>
    </li>
  );
}

/** Whose it is, where that is not this run, and whether it still is what the run saw. */
function Origin({ artifact, chart, view }: ArtifactProps) {
  const producer = chart?.producerRunId ?? artifact.runId;
  const replaced = chart?.replaced ?? artifact.replacedSince !== undefined;
  return (
    <>
      {producer && producer !== view.run.id && (
        <span className="flex min-w-0 items-center gap-1 whitespace-nowrap text-violet">
          ↺ from <RunLink runId={producer} view={view} />
        </span>
      )}
      {replaced && <span className="text-amber">! Written over since: this is no longer what the run made.</span>}
    </>
  );
}

function isPicture(artifact: Artifact): boolean {
  return /^image\/(png|jpeg|gif|webp|avif)$/.test(artifact.mediaType);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1) || name;
}
