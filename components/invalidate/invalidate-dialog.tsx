"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { PlanIntent, PlanSelector } from "../../lib/domain/plan.ts";
import { operationQueries, type PlanWish } from "../../lib/queries/operation-queries.ts";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import { BackAndCancel } from "./back-and-cancel.tsx";
import { IntentForm } from "./intent-form.tsx";
import { OperationProgress } from "./operation-progress.tsx";
import type { PlanChoice } from "./plan-choice.ts";
import { PlanReview } from "./plan-review.tsx";

export interface InvalidateDialogProps {
  source: string;
  selector: PlanSelector;
  /** What is chosen, in words: "2 entries", "fit ▸ descend". */
  subject: string;
  /** Whether some of it is broken or an orphan: then repairing is offered. */
  repairable?: boolean;
  /** What is wanted, where the place that asks says so: it need not be chosen any more. */
  intent?: PlanIntent;
  onClose(): void;
}

/** First what is wanted, then what would happen and what it costs, then how it goes. */
export function InvalidateDialog(props: InvalidateDialogProps) {
  const { source, selector, subject, repairable = false, intent, onClose } = props;
  const [choice, setChoice] = useState<PlanChoice | null>(intent ? { intent } : null);
  const [operation, setOperation] = useState<string | null>(null);
  const [asking, setAsking] = useState(intent === undefined);
  const title = `Invalidate ${subject}`;
  if (operation) return <OperationProgress title={title} operation={operation} onClose={onClose} />;
  if (asking || !choice)
    return (
      <IntentForm
        title={title}
        initial={choice}
        repairable={repairable}
        onClose={onClose}
        onChoose={(next) => {
          setChoice(next);
          setAsking(false);
        }}
      />
    );
  return (
    <PlanStep
      title={title}
      wish={{ source, selector, ...choice }}
      onBack={() => setAsking(true)}
      onBegun={setOperation}
      onClose={onClose}
    />
  );
}

function PlanStep(props: {
  title: string;
  wish: PlanWish;
  onBack(): void;
  onBegun(operation: string): void;
  onClose(): void;
}) {
  const { title, wish, onBack, onClose } = props;
  const plan = useQuery(operationQueries.plan(wish));
  if (plan.data) return <PlanReview {...props} plan={plan.data} onReplan={() => void plan.refetch()} />;
  return (
    <Dialog title={title} onClose={onClose} footer={<BackAndCancel onBack={onBack} onCancel={onClose} />}>
      {plan.error ? (
        <ErrorState error={plan.error} what="the plan" onRetry={() => void plan.refetch()} className="py-4" />
      ) : (
        <Skeleton lines={6} />
      )}
    </Dialog>
  );
}
