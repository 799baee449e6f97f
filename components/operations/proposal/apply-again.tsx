"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ShownPlan } from "../../../lib/domain/proposal.ts";
import { proposalQueries } from "../../../lib/queries/proposal-queries.ts";
import { OperationProgress } from "../../invalidate/operation-progress.tsx";
import { PlanReview } from "../../invalidate/plan-review.tsx";
import { PlanWaiting } from "../../invalidate/plan-waiting.tsx";

const title = "Apply the proposal";

/** Plans it again, shows what differs, and applies that. */
export function ApplyAgain({ plan, onClose }: { plan: ShownPlan; onClose(): void }) {
  const client = useQueryClient();
  const [operation, setOperation] = useState<string | null>(null);
  const again = useQuery({
    ...proposalQueries.again({ source: plan.source, plan: plan.id }),
    enabled: operation === null,
  });
  const replan = () => void again.refetch();
  if (operation) {
    const onReplan = () => setOperation(null);
    return <OperationProgress title={title} operation={operation} onReplan={onReplan} onClose={onClose} />;
  }
  if (!again.data) return <PlanWaiting title={title} error={again.error} onRetry={replan} onClose={onClose} />;
  return (
    <PlanReview
      title={title}
      plan={again.data}
      onReplan={replan}
      onBegun={(begun) => {
        setOperation(begun);
        void client.invalidateQueries({ queryKey: proposalQueries.all() });
      }}
      onClose={onClose}
    />
  );
}
