"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Plan, PlanItem } from "../../lib/domain/plan.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { PlanRows } from "./plan-rows.tsx";

/** Why a thing is in a plan, in words. */
export const planReasons: Record<PlanItem["reason"], string> = {
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
  return <PlanRows label={label} query={query} wordsOf={({ reason }) => planReasons[reason]} />;
}
