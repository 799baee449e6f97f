"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Plan } from "../../lib/domain/plan.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { formatPlural } from "../ui/format.ts";
import { InlineError } from "../ui/states.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { ConfirmField } from "./confirm-field.tsx";
import { followInvalidation } from "./follow-operation.ts";
import { PlanFacts } from "./plan-facts.tsx";
import { PlanItems } from "./plan-items.tsx";

export interface PlanReviewProps {
  title: string;
  plan: Plan;
  onBack(): void;
  onReplan(): void;
  onBegun(operation: string): void;
  onClose(): void;
}

/** What would happen, in numbers, what it costs and what stays; the red button does it. */
export function PlanReview({ title, plan, onBack, onReplan, onBegun, onClose }: PlanReviewProps) {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const apply = useMutation({
    ...operationQueries.apply(plan),
    onSuccess: ({ operationId }) => {
      followInvalidation(client, operationId);
      onBegun(operationId);
    },
  });
  const { entries, payloads } = plan.totals;
  const what = [
    entries > 0 && formatPlural(entries, "entry", "entries"),
    payloads > 0 && formatPlural(payloads, "file"),
  ].filter(Boolean);
  const ready = plan.allowed && (plan.confirm === null || typed === plan.confirm);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onBack}>Back</Button>
          <Button onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            look="danger"
            disabled={!ready || apply.isPending}
            onClick={() => apply.mutate(plan.confirm === null ? undefined : typed)}
          >
            Take out {what.join(" and ")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PlanFacts plan={plan} />
        {plan.warnings.map((warning) => (
          <p key={warning} className="text-amber">
            <span aria-hidden>! </span>
            {escapeInvisible(warning)}
          </p>
        ))}
        <PlanItems plan={plan} />
        {plan.refusal && <InlineError error={{ message: plan.refusal }} onRetry={onReplan} />}
        {plan.allowed && plan.confirm !== null && (
          <ConfirmField expected={plan.confirm} typed={typed} onType={setTyped} />
        )}
        {apply.error && <InlineError error={apply.error} onRetry={onReplan} />}
      </div>
    </Dialog>
  );
}
