"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Bucket } from "../../../lib/domain/bucket.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { cacheQueries } from "../../../lib/queries/cache-queries.ts";
import { reconcileQueries } from "../../../lib/queries/reconcile-queries.ts";
import { Button } from "../../ui/button.tsx";
import { NameText } from "../../ui/names.tsx";
import { InlineError } from "../../ui/states.tsx";
import { RelativeTime } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";

const ConfirmBucket = lazy(() => import("./confirm-bucket.tsx").then((module) => ({ default: module.ConfirmBucket })));

/** Buckets that the sources use: orphans are told of one only when an admin has said that all its indexes are connected. */
export function BucketList({ sources, source }: { sources: readonly Source[]; source: string | null }) {
  const buckets = useQuery(reconcileQueries.buckets()).data?.items ?? [];
  const shown = buckets.filter((bucket) => source === null || bucket.sources.includes(source));
  if (shown.length === 0) return null;
  return (
    <ul aria-label="Buckets" className="m-0 flex list-none flex-col gap-1.5 px-4 pb-2">
      {shown.map((bucket) => (
        <BucketLine key={bucket.id} bucket={bucket} sources={sources} />
      ))}
    </ul>
  );
}

function BucketLine({ bucket, sources }: { bucket: Bucket; sources: readonly Source[] }) {
  const { id, name, confirmed, missing } = bucket;
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const say = useMutation({
    ...reconcileQueries.sayConnected(),
    onSuccess: () => setAsking(false),
    onSettled: () => client.invalidateQueries({ queryKey: cacheQueries.lists() }),
  });
  const holds = confirmed !== null && missing.length === 0;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-line px-3 py-1.5">
      <NameText name={name} className="font-medium" />
      <span className="min-w-0 text-quiet">
        {holds ? (
          <>
            All its indexes are connected, as {escapeInvisible(confirmed.by)} confirmed{" "}
            <RelativeTime at={confirmed.at} />.
          </>
        ) : missing.length > 0 ? (
          `The confirmation does not hold: of the indexes it was given for, ${missing.length} ${missing.length === 1 ? "is" : "are"} not connected any more.`
        ) : (
          "Are all indexes that name things in it connected? Until an admin says so, nothing in it is called an orphan."
        )}
      </span>
      <span className="ml-auto flex gap-2">
        {confirmed && (
          <Button disabled={say.isPending} onClick={() => say.mutate({ bucket: id, connected: false })}>
            Revoke
          </Button>
        )}
        {!holds && <Button onClick={() => setAsking(true)}>Confirm…</Button>}
      </span>
      {say.error && !asking && <InlineError error={say.error} />}
      {asking && (
        <Suspense fallback={null}>
          <ConfirmBucket
            bucket={bucket}
            sources={sources}
            pending={say.isPending}
            error={say.error}
            onConfirm={() => say.mutate({ bucket: id, connected: true })}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      )}
    </li>
  );
}
