"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { PlanIntent, PlanSelector } from "../../lib/domain/plan.ts";
import { operationQueries, type PlanWish } from "../../lib/queries/operation-queries.ts";
import { IntentForm } from "./intent-form.tsx";
import { OperationProgress } from "./operation-progress.tsx";
import type { PlanChoice } from "./plan-choice.ts";
import { PlanReview } from "./plan-review.tsx";
import { PlanWaiting } from "./plan-waiting.tsx";
import { PublishForm } from "./publish-form.tsx";

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
  if (operation)
    return (
      <OperationProgress title={title} operation={operation} onReplan={() => setOperation(null)} onClose={onClose} />
    );
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
  const { wish, ...rest } = props;
  const [publishing, setPublishing] = useState(false);
  const { data: plan, error, refetch } = useQuery(operationQueries.plan(wish));
  const replan = () => void refetch();
  if (!plan) return <PlanWaiting {...rest} error={error} onRetry={replan} />;
  if (publishing) return <PublishForm {...rest} plan={plan} onBack={() => setPublishing(false)} />;
  return <PlanReview {...rest} plan={plan} onReplan={replan} onPublish={() => setPublishing(true)} />;
}
