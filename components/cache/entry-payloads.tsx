"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { EntryDetail } from "../../lib/domain/entry.ts";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { ArtifactPreview } from "../preview/artifact-preview.tsx";
import { formatPlural } from "../ui/format.ts";
import { EmptyState, ErrorState, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { Bytes } from "../ui/values.tsx";

/** The files an entry names, and a look into its result. */
export function EntryPayloads({ entry }: { entry: EntryDetail }) {
  if (entry.payloads.length === 0) {
    return (
      <EmptyState title="No payload">The record names no file. Its value, if any, is in the stored record.</EmptyState>
    );
  }
  const result = entry.payloads.find(({ role, state }) => role === "result" && state !== "missing");
  return (
    <div className="flex flex-col gap-5">
      <table className="w-full text-label">
        <thead>
          <tr className="text-left text-quiet">
            <th className="py-1 pr-4 font-medium">Payload</th>
            <th className="py-1 pr-4 font-medium">State</th>
            <th className="py-1 pr-4 font-medium">Shared</th>
            <th className="py-1 text-right font-medium">Size</th>
          </tr>
        </thead>
        <tbody>
          {entry.payloads.map(({ artifactId, role, state, shared, bytes }) => (
            <tr key={artifactId} className="border-t border-line">
              <td className="py-1.5 pr-4">
                {state === "missing" ? role : <Link href={`/artifacts/${entry.source}/${artifactId}`}>{role}</Link>}
              </td>
              <td className="py-1.5 pr-4">
                <StatusMark name={state} />
              </td>
              <td className="py-1.5 pr-4 text-quiet">
                {shared > 1 ? `with ${formatPlural(shared - 1, "other entry", "other entries")}` : "no"}
              </td>
              <td className="py-1.5 text-right">
                <Bytes value={bytes} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {result && <ResultPreview source={entry.source} artifactId={result.artifactId} />}
    </div>
  );
}

function ResultPreview({ source, artifactId }: { source: string; artifactId: string }) {
  const query = useQuery(artifactQueries.detail(source, artifactId));
  if (query.isPending) return <Skeleton lines={5} />;
  if (query.isError) return <ErrorState error={query.error} what="the result" onRetry={() => query.refetch()} />;
  return (
    <section aria-label="Result">
      <h2 className="m-0 mb-2 text-label font-medium text-quiet">Result</h2>
      <ArtifactPreview
        source={source}
        artifact={artifactId}
        name={query.data.name}
        contentUrl={query.data.contentUrl}
      />
    </section>
  );
}
