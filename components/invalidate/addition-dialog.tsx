"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import type { Plan, PlanSelector } from "../../lib/domain/plan.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { formatPlural } from "../ui/format.ts";
import { Select } from "../ui/input.tsx";
import { ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { AdditionFacts } from "./addition-facts.tsx";
import { followAddition } from "./follow-addition.ts";
import { OperationProgress } from "./operation-progress.tsx";
import { PlanItems } from "./plan-items.tsx";
import { TypedName } from "./typed-name.tsx";

export interface AdditionDialogProps {
  source: string;
  selector: PlanSelector;
  /** What is chosen, in words: "2 entries", "fit ▸ descend". */
  subject: string;
  intent: "revive" | "keep-longer";
  onClose(): void;
}

const day = 24 * 3600;
const lives: readonly { id: string; seconds: number | null; says: string }[] = [
  { id: "7", seconds: 7 * day, says: "7 days from now" },
  { id: "30", seconds: 30 * day, says: "30 days from now" },
  { id: "365", seconds: 365 * day, says: "a year from now" },
  { id: "none", seconds: null, says: "it is removed by someone" },
];

/** What would come back or stay longer and what that saves, then how it goes. Nothing is taken out. */
export function AdditionDialog({ source, selector, subject, intent, onClose }: AdditionDialogProps) {
  const [operation, setOperation] = useState<string | null>(null);
  const [life, setLife] = useState("30");
  const lifeId = useId();
  const chosen = lives.find(({ id }) => id === life) ?? lives[1]!;
  const wish = { source, selector, intent, ...(intent === "keep-longer" && { lifeSeconds: chosen.seconds }) };
  const plan = useQuery(operationQueries.plan(wish));
  const title = intent === "revive" ? `Revive ${subject}` : `Keep ${subject} longer`;
  if (operation) {
    const onReplan = () => setOperation(null);
    return <OperationProgress title={title} operation={operation} onReplan={onReplan} onClose={onClose} />;
  }
  const choice = intent === "keep-longer" && (
    <label htmlFor={lifeId} className="flex flex-wrap items-center gap-2">
      Keep it until
      <Select id={lifeId} value={life} onChange={(event) => setLife(event.target.value)}>
        {lives.map(({ id, says }) => (
          <option key={id} value={id}>
            {says}
          </option>
        ))}
      </Select>
    </label>
  );
  const replan = () => void plan.refetch();
  if (plan.data)
    return (
      <Review title={title} plan={plan.data} onBegun={setOperation} onReplan={replan} onClose={onClose}>
        {choice}
      </Review>
    );
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <Button onClick={onClose} data-autofocus>
          Cancel
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {choice}
        {plan.error ? (
          <ErrorState error={plan.error} what="the plan" onRetry={replan} className="py-4" />
        ) : (
          <Skeleton lines={6} />
        )}
      </div>
    </Dialog>
  );
}

function Review(props: {
  title: string;
  plan: Plan;
  children: ReactNode;
  onBegun(operation: string): void;
  onReplan(): void;
  onClose(): void;
}) {
  const { title, plan, children, onBegun, onReplan, onClose } = props;
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const apply = useMutation({
    ...operationQueries.apply(plan),
    onSuccess: ({ operationId }) => {
      followAddition(client, operationId);
      onBegun(operationId);
    },
  });
  const ready = plan.allowed && (plan.confirm === null || typed === plan.confirm);
  const what = formatPlural(plan.totals.entries, "entry", "entries");
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            look="primary"
            disabled={!ready || apply.isPending}
            onClick={() => apply.mutate(plan.confirm === null ? undefined : typed)}
          >
            {plan.intent === "revive" ? `Revive ${what}` : `Keep ${what} longer`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {children}
        <AdditionFacts plan={plan} />
        {plan.warnings.map((warning) => (
          <p key={warning} className="text-amber">
            <span aria-hidden>! </span>
            {escapeInvisible(warning)}
          </p>
        ))}
        <PlanItems plan={plan} label="What it is of" />
        {plan.refusal && <InlineError error={{ message: plan.refusal }} onRetry={onReplan} />}
        {plan.allowed && plan.confirm !== null && <TypedName name={plan.confirm} value={typed} onChange={setTyped} />}
        {apply.error && <InlineError error={apply.error} onRetry={onReplan} />}
      </div>
    </Dialog>
  );
}
