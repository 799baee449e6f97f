"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { PlanChange, PlanChangeKind, PlannedAgain, ShownPlan } from "../../lib/domain/proposal.ts";
import { proposalQueries } from "../../lib/queries/proposal-queries.ts";
import { formatCount } from "../ui/format.ts";
import { RelativeTime } from "../ui/values.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { PlanRows } from "./plan-rows.tsx";

const words: Record<PlanChangeKind, string> = {
  came: "come since",
  went: "no longer planned",
  changed: "written anew since",
  held: "held back",
};
const order = Object.keys(words) as PlanChangeKind[];

/** How a plan that was made again differs from the proposal that people have seen. */
export function PlanDifference({ plan, again }: { plan: ShownPlan; again: PlannedAgain }) {
  const [open, setOpen] = useState(false);
  const told = order.filter((kind) => again.counts[kind] > 0);
  return (
    <section aria-label="Since it was proposed" className="rounded-md border border-line px-3 py-2">
      <p className="m-0">
        Since {escapeInvisible(again.by)} proposed it <RelativeTime at={again.at} />:{" "}
        {told.length === 0
          ? "nothing is different."
          : `${told.map((kind) => `${formatCount(again.counts[kind])} ${words[kind]}`).join(", ")}.`}
      </p>
      {told.length > 0 && (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary className="cursor-pointer text-quiet">Each difference</summary>
          {open && <Differences plan={plan} />}
        </details>
      )}
    </section>
  );
}

function Differences({ plan }: { plan: ShownPlan }) {
  const query = useInfiniteQuery(proposalQueries.changes({ source: plan.source, plan: plan.id }));
  const wordsOf = ({ change, held }: PlanChange) =>
    held ? `${words[change]} by ${escapeInvisible(held.by)}` : words[change];
  return <PlanRows<PlanChange> label="What differs" query={query} wordsOf={wordsOf} />;
}
