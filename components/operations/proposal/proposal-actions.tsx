"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Proposal, ShownPlan } from "../../../lib/domain/proposal.ts";
import { proposalQueries } from "../../../lib/queries/proposal-queries.ts";
import { proposalPath } from "../../invalidate/proposal-path.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { InlineError } from "../../ui/states.tsx";

const ApplyAgain = lazy(() => import("./apply-again.tsx").then((module) => ({ default: module.ApplyAgain })));

/** What can be done with a proposal while it is open. */
export function ProposalActions({ plan, proposal }: { plan: ShownPlan; proposal: Proposal }) {
  const client = useQueryClient();
  const [applying, setApplying] = useState(false);
  const withdraw = useMutation({
    ...proposalQueries.withdraw({ source: plan.source, plan: plan.id }),
    onSettled: () => client.invalidateQueries({ queryKey: proposalQueries.all() }),
  });
  const isEmpty = proposal.heldItems >= plan.totals.entries + plan.totals.payloads;
  return (
    <>
      {withdraw.error && <InlineError error={withdraw.error} />}
      <CopyButton
        text={new URL(proposalPath(plan), window.location.href).href}
        label="Copy the address"
        className="size-8"
      />
      <Button disabled={withdraw.isPending} onClick={() => withdraw.mutate()}>
        Withdraw
      </Button>
      <Button
        look="primary"
        aria-disabled={isEmpty || undefined}
        data-tip={isEmpty ? "All of it is held back." : undefined}
        onClick={() => isEmpty || setApplying(true)}
      >
        Apply…
      </Button>
      {applying && (
        <Suspense fallback={null}>
          <ApplyAgain plan={plan} onClose={() => setApplying(false)} />
        </Suspense>
      )}
    </>
  );
}
