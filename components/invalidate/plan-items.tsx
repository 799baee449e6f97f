"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Plan, PlanItem } from "../../lib/domain/plan.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { Button } from "../ui/button.tsx";
import { NameText } from "../ui/names.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { Bytes } from "../ui/values.tsx";
import { titleOfItem } from "./title-of-item.ts";

const reasons: Record<PlanItem["reason"], string> = {
  chosen: "chosen",
  "same-process": "same process",
  downstream: "made of it",
  payload: "file",
};

/** Every thing that a plan is of, when the reader asks. */
export function PlanItems({ plan, label = "What would go" }: { plan: Plan; label?: string }) {
  const [open, setOpen] = useState(plan.totals.entries + plan.totals.payloads <= 8);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-quiet">Each of them</summary>
      {open && <ItemList plan={plan} label={label} />}
    </details>
  );
}

function ItemList({ plan, label }: { plan: Plan; label: string }) {
  const query = useInfiniteQuery(operationQueries.planItems(plan.source, plan.id));
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
              <td className="whitespace-nowrap text-quiet">{reasons[item.reason]}</td>
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
