"use client";
import { useQuery } from "@tanstack/react-query";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { LostOffer } from "../../invalidate/lost-offer.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { NameText } from "../../ui/names.tsx";
import { ErrorState, NotRefreshed, Skeleton } from "../../ui/states.tsx";
import type { RunView } from "../run/run-view.ts";
import { useWhy, type WhySubject } from "./why-address.ts";
import { WhyAnswer } from "./why-answer.tsx";

/** Why a process or step of the run was reused, or was not: parts, values and code before and after, and how sure that is. */
export function WhyDialog({ view, subject }: { view: RunView; subject: WhySubject }) {
  const { run } = view;
  const { ask } = useWhy();
  const query = useQuery(runQueries.why(run.source, run.id, subject.process, subject.step));
  const name = subject.step ?? subject.process;
  return (
    <Dialog
      size="large"
      onClose={() => ask(null)}
      title={
        <>
          {query.data?.verdict === "hit" ? "Where it comes from: " : "Why it ran: "}
          <NameText name={name} tail={12} />
        </>
      }
    >
      {query.isPending && <Skeleton lines={8} />}
      {!query.data && query.error && (
        <ErrorState error={query.error} what="the explanation" onRetry={() => query.refetch()} />
      )}
      {query.data && (
        <>
          <NotRefreshed error={query.error} onRetry={() => void query.refetch()} />
          <WhyAnswer
            explanation={query.data}
            view={view}
            offer={query.data.verdict !== "hit" && <LostOffer source={run.source} filter={filterOf(run.id, subject)} />}
            onAsk={ask}
          />
        </>
      )}
    </Dialog>
  );
}

function filterOf(run: string, { process, step }: WhySubject) {
  return { run, process, ...(step !== null && { step }) };
}
