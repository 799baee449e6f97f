"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { outcomeWords } from "../invalidate/progress-line.tsx";
import { titleOfItem } from "../invalidate/title-of-item.ts";
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
        {items.map((item) => (
          <li key={`${item.of} ${item.entryId}`} className="border-b border-line py-1.5">
            <div className="flex min-w-0 items-baseline justify-between gap-3">
              <NameText name={titleOfItem(item)} tail={12} />
              <span className="shrink-0">{item.outcome ? outcomeWords[item.outcome] : missing}</span>
            </div>
            {item.message && <p className="text-quiet">{escapeInvisible(item.message)}</p>}
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
