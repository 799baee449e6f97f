"use client";
import { useQuery } from "@tanstack/react-query";
import type { StepOrigin, StepUse } from "../../../lib/domain/run.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { InlineError, NotRefreshed, Skeleton } from "../../ui/states.tsx";
import type { RunView } from "../run/run-view.ts";
import { ToldSentence } from "./told-sentence.tsx";
import { useWhy } from "./why-address.ts";

const originsOfWork = new Set<StepOrigin>(["executed", "failed", "running"]);

/** "3 executed, 1 failed, 0 running": moves on with every process that begins or ends. */
function countOrigins(uses: readonly StepUse[]): string {
  return [...originsOfWork]
    .map((origin) => `${uses.filter((use) => use.origin === origin).length} ${origin}`)
    .join(", ");
}

/** Under the run's sentence: why it computed what it computed. Nothing where it reused everything. */
export function RunCauses({ view: { run } }: { view: RunView }) {
  const computed = run.steps.filter((use) => use.step === null && originsOfWork.has(use.origin));
  const { ask } = useWhy();
  const query = useQuery({
    ...runQueries.explanation(run.source, run.id, countOrigins(computed)),
    enabled: computed.length > 0,
  });
  if (computed.length === 0) return null;
  if (query.isPending) return <Skeleton lines={1} className="max-w-xl py-0.5" />;
  if (!query.data) return query.error && <InlineError error={query.error} onRetry={() => query.refetch()} />;
  const { sentenceParts, complete } = query.data;
  return (
    <section aria-label="Why it ran" className="flex max-w-[75rem] flex-wrap items-baseline gap-x-2">
      <p className="min-w-0 break-words">
        <ToldSentence parts={sentenceParts} onAsk={(process) => ask({ process, step: null })} />
        {!complete && " There are more processes than were looked at."}
      </p>
      <NotRefreshed error={query.error} onRetry={() => void query.refetch()} />
    </section>
  );
}
