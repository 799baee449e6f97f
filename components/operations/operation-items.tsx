"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { outcomeWords } from "../invalidate/progress-line.tsx";
import { Button } from "../ui/button.tsx";
import { missing } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

/** What became of each item. */
export function OperationItems({ id }: { id: string }) {
  const query = useInfiniteQuery(operationQueries.items(id));
  if (query.isPending) return <Skeleton lines={4} />;
  if (!query.data) return <InlineError error={query.error} onRetry={() => void query.refetch()} />;
  const items = query.data.pages.flatMap((page) => page.items);
  return (
    <section aria-label="Items">
      <ul className="m-0 list-none border-t border-line p-0 text-label">
        {items.map(({ of, entryId, key, outcome, message }) => (
          <li key={`${of} ${entryId}`} className="border-b border-line py-1.5">
            <div className="flex min-w-0 items-baseline justify-between gap-3">
              <NameText name={key} tail={16} />
              <span className="shrink-0">{outcome ? outcomeWords[outcome] : missing}</span>
            </div>
            {message && <p className="text-quiet">{escapeInvisible(message)}</p>}
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button look="quiet" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </section>
  );
}
