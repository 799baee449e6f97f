"use client";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { PlanItem } from "../../lib/domain/plan.ts";
import type { Page } from "../../lib/domain/source.ts";
import { Button } from "../ui/button.tsx";
import { NameText } from "../ui/names.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { Bytes } from "../ui/values.tsx";
import { titleOfItem } from "./title-of-item.ts";

export interface PlanRowsProps<Item> {
  label: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<Item>>>;
  wordsOf(item: Item): string;
}

/** Things of a plan, a word on each and its size. */
export function PlanRows<Item extends PlanItem>({ label, query, wordsOf }: PlanRowsProps<Item>) {
  if (query.isPending) return <Skeleton lines={3} className="pt-2" />;
  if (!query.data) return <InlineError error={query.error} onRetry={() => void query.refetch()} />;
  const items = query.data.pages.flatMap((page) => page.items);
  return (
    <ScrollBox label={label} className="mt-2 max-h-56 rounded-md border border-line">
      <table className="w-full text-label [&_td]:px-2.5 [&_td]:py-1 [&_tr+tr]:border-t [&_tr+tr]:border-line">
        <tbody>
          {items.map((item) => (
            <tr key={`${item.of} ${item.entryId}`}>
              <td className="max-w-64">
                <NameText name={titleOfItem(item)} tail={12} />
              </td>
              <td className="whitespace-nowrap text-quiet">{wordsOf(item)}</td>
              <td className="text-right whitespace-nowrap tabular-nums">
                <Bytes value={item.bytes} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {query.hasNextPage && (
        <Button look="quiet" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </ScrollBox>
  );
}
