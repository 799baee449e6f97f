"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { EntryDetail } from "../../lib/domain/entry.ts";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { ArtifactPreview } from "../preview/artifact-preview.tsx";
import { formatPlural } from "../ui/format.ts";
import { EmptyState, ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { Bytes } from "../ui/values.tsx";

/** The files an entry names, and a look into its result (where there is none, into the first that is there). */
export function EntryPayloads({ entry }: { entry: EntryDetail }) {
  if (entry.payloads.length === 0) {
    return (
      <EmptyState title="No payload">The record names no file. Its value, if any, is in the stored record.</EmptyState>
    );
  }
  const there = entry.payloads.filter(({ state }) => state !== "missing");
  const shown = there.find(({ role }) => role === "result") ?? there[0];
  return (
    <div className="flex flex-col gap-5">
      <table className="w-full text-label">
        <thead>
          <tr className="text-left text-quiet [&_th]:py-1 [&_th]:pr-4 [&_th]:font-medium">
            <th scope="col">Payload</th>
            <th scope="col">State</th>
            <th scope="col">Shared</th>
            <th scope="col" className="pr-0! text-right">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {entry.payloads.map(({ artifactId, role, state, shared, bytes }) => (
            <tr key={artifactId} className="border-t border-line">
              <td className="py-1.5 pr-4">
                {state === "missing" ? (
                  role
                ) : (
                  <Link href={`/artifacts/${entry.source}/${artifactId}`} prefetch={false}>
                    {role}
                  </Link>
                )}
              </td>
              <td className="py-1.5 pr-4">
                <StatusMark name={state} />
              </td>
              <td className="py-1.5 pr-4 text-quiet">
                {shared > 1 ? `with ${formatPlural(shared - 1, "other entry", "other entries")}` : "no"}
              </td>
              <td className="py-1.5 text-right whitespace-nowrap">
                <Bytes value={bytes} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown && (
        <Look
          source={entry.source}
          artifactId={shown.artifactId}
          title={shown.role === "result" ? "Result" : "Inside"}
        />
      )}
    </div>
  );
}

function Look({ source, artifactId, title }: { source: string; artifactId: string; title: string }) {
  const query = useQuery(artifactQueries.detail(source, artifactId));
  if (query.isPending) return <Skeleton lines={5} />;
  if (!query.data) return <ErrorState error={query.error} what="the payload" onRetry={() => query.refetch()} />;
  return (
    <section aria-label={title}>
      <h2 className="mb-2 font-semibold">{title}</h2>
      {query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
      <ArtifactPreview artifact={query.data} />
    </section>
  );
}
