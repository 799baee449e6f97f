"use client";
import { useQuery } from "@tanstack/react-query";
import type { Proposal, ShownPlan } from "../../../lib/domain/proposal.ts";
import { type PlanPlace, proposalQueries } from "../../../lib/queries/proposal-queries.ts";
import { sourceQueries } from "../../../lib/queries/source-queries.ts";
import { wordsOfIntent } from "../../invalidate/intents.ts";
import { PlanFacts } from "../../invalidate/plan-facts.tsx";
import { ButtonLink } from "../../ui/button.tsx";
import { formatAbsolute } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { ErrorState, type Failure, NotRefreshed, Skeleton } from "../../ui/states.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { useTrail } from "../../ui/trail.ts";
import { RelativeTime } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { ProposalActions } from "./proposal-actions.tsx";
import { ProposalRows } from "./proposal-rows.tsx";

/** A plan that was published: what it would take, what is held back and by whom, and how it is applied. */
export function ProposalPage({ place }: { place: PlanPlace }) {
  useTrail([{ label: "Operations", href: "/operations?tab=proposals" }, { label: "Proposal" }]);
  const query = useQuery(proposalQueries.one(place));
  const plan = query.data;
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (plan?.proposal)
    return (
      <ProposalView plan={plan} proposal={plan.proposal} error={query.error} onRetry={() => void query.refetch()} />
    );
  return (
    <>
      <PageHeader title="Proposal" />
      <ErrorState
        error={query.error ?? { message: "This plan is not published.", remedy: "Whoever made it can publish it." }}
        what="this proposal"
        list={{ href: "/operations?tab=proposals", label: "All proposals" }}
        onRetry={() => void query.refetch()}
      />
    </>
  );
}

/** `error`: why what is shown could not be read anew. */
function ProposalView({
  plan,
  proposal,
  error,
  onRetry,
}: {
  plan: ShownPlan;
  proposal: Proposal;
  error: Failure | null;
  onRetry(): void;
}) {
  const sources = useQuery(sourceQueries.list()).data?.items;
  const label = sources?.find(({ id }) => id === plan.source)?.label ?? plan.source;
  return (
    <div className="flex h-full min-h-0 flex-col overflow-auto">
      <PageHeader
        title={`Proposal: ${wordsOfIntent(plan.intent)}`}
        actions={proposal.state === "open" && <ProposalActions plan={plan} proposal={proposal} />}
      >
        <StatusMark name={proposal.state} />
        <NameText name={label} />
        <span>
          by {escapeInvisible(proposal.by)}, <RelativeTime at={proposal.at} />
        </span>
        <NotRefreshed error={error} onRetry={onRetry} />
      </PageHeader>
      <div className="flex flex-col gap-3 px-4 pb-3">
        {proposal.note && <p className="m-0 whitespace-pre-wrap">{escapeInvisible(proposal.note)}</p>}
        <Standing proposal={proposal} />
        <details>
          <summary className="cursor-pointer text-quiet">What it would do, as it was proposed</summary>
          <div className="pt-2">
            <PlanFacts plan={plan} />
          </div>
        </details>
      </div>
      <ProposalRows plan={plan} proposal={proposal} />
    </div>
  );
}

/** How long it can be applied, or what became of it. */
function Standing({ proposal: { state, until, endedBy, endedAt, operationId } }: { proposal: Proposal }) {
  if (state === "open")
    return (
      <p className="m-0 text-quiet">
        Can be applied until <time dateTime={until}>{formatAbsolute(Date.parse(until))}</time>. It is planned again
        first: what came, went or was written anew since is shown before anything is taken out.
      </p>
    );
  return (
    <p className="m-0 flex flex-wrap items-center gap-2 text-quiet">
      {state === "over" ? (
        <span>
          It ran out <RelativeTime at={until} /> and was not applied: nothing was taken out.
        </span>
      ) : (
        <span>
          {state === "applied" ? "Applied" : "Withdrawn"} by {escapeInvisible(endedBy ?? "")},{" "}
          <RelativeTime at={endedAt} />.
        </span>
      )}
      {operationId && <ButtonLink href={`/operations?open=${operationId}`}>Show in Operations</ButtonLink>}
    </p>
  );
}
