"use client";
import { useQuery } from "@tanstack/react-query";
import { Pencil, RefreshCw } from "lucide-react";
import { type CheckStep, worstOf } from "../../lib/domain/check.ts";
import type { Source } from "../../lib/domain/source.ts";
import { settingsQueries, useStageCheck } from "../../lib/queries/settings-queries.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { ErrorState, InlineError } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { CheckSteps } from "./check-steps.tsx";
import { describeReport } from "./describe-report.ts";

/** One source: each step of its check as it ends, what mends a failure, and the least rights that it needs. */
export function SourceCheckSection({ source, onEdit }: { source: Source; onEdit?: (() => void) | undefined }) {
  const query = useQuery(settingsQueries.check(source.id));
  const lines = query.data ?? [];
  const steps = lines.flatMap((line) => ("step" in line ? [line.step] : []));
  const answer = lines.flatMap((line) => ("answer" in line ? [line.answer] : []))[0];
  const stage = useStageCheck(source.id);
  const isChecking = query.isFetching || stage.isPending;
  return (
    <section aria-label={source.label} aria-busy={isChecking} className="border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusMark name={isChecking ? "running" : (answer?.verdict ?? "unknown")} short />
        <h2 className="min-w-0 text-head font-semibold">
          <NameText name={source.label} tail={24} />
        </h2>
        <p className="text-label text-quiet">{describe(source, steps, isChecking)}</p>
        <div className="ml-auto flex items-center gap-2">
          {onEdit && (
            <Button look="quiet" onClick={onEdit}>
              <Pencil aria-hidden className="size-3.5" />
              Edit
            </Button>
          )}
          {answer && <CopyButton text={describeReport(source, answer)} label="Copy the report" />}
          <Button look="quiet" disabled={isChecking} onClick={() => void query.refetch()}>
            <RefreshCw aria-hidden className="size-3.5" />
            Check again
          </Button>
        </div>
      </div>
      {query.isError ? (
        <ErrorState error={query.error} what={`the check of ${source.label}`} onRetry={() => void query.refetch()} />
      ) : (
        <CheckSteps steps={steps} onAgain={isChecking ? undefined : stage.mutate} />
      )}
      {stage.isError && <InlineError error={stage.error} />}
      {answer?.recipe && (
        <details className="mt-2 text-label">
          <summary className="cursor-pointer text-quiet hover:text-ink">The least rights that it needs</summary>
          <dl className="mt-1 flex flex-col gap-2">
            {answer.recipe.map(({ title, text }) => (
              <div key={title}>
                <dt className="text-quiet">{title}</dt>
                <dd className="flex items-start gap-1">
                  <code className="min-w-0 flex-1 rounded-sm bg-frame px-2 py-1 font-mono break-words">{text}</code>
                  <CopyButton text={text} label={`Copy: ${title}`} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

function describe({ environment, readOnly }: Source, steps: readonly CheckStep[], isChecking: boolean): string {
  const marks = [environment, readOnly && "read only"].filter(Boolean).join(", ");
  const told = isChecking ? `${formatPlural(steps.length, "step")} so far` : wordsOf(steps);
  return [marks, told].filter(Boolean).join(" · ");
}

const words = { pass: "All is well", warn: "Works, with warnings", fail: "Something fails", skip: "" } as const;

function wordsOf(steps: readonly CheckStep[]): string {
  return words[worstOf(steps)];
}
