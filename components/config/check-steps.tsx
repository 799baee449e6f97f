import { RefreshCw } from "lucide-react";
import { type CheckPart, type CheckStep, checkVerdicts } from "../../lib/domain/check.ts";
import { IconButton } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatDuration, formatPlural } from "../ui/format.ts";
import { markOf, StatusMark } from "../ui/status-mark.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

interface CheckStepsProps {
  steps: readonly CheckStep[];
  /** Looks at a stage again; absent while a check is under way. */
  onAgain?: ((part: CheckPart) => void) | undefined;
}

/** What fails or warns, with what mends it; behind one line all steps, by the store that they look at. Each stage can be looked at again. */
export function CheckSteps({ steps, onAgain }: CheckStepsProps) {
  const told = steps.filter(({ verdict }) => verdict === "fail" || verdict === "warn");
  if (steps.length === 0) return null;
  return (
    <>
      {told.length > 0 && (
        <ul className="mt-1">
          {told.map((step) => (
            <Step key={step.id} step={step} slot={step.slot} onAgain={onAgain} />
          ))}
        </ul>
      )}
      <details className="mt-1">
        <summary className="cursor-pointer text-label text-quiet hover:text-ink">{summaryOf(steps)}</summary>
        {[...Map.groupBy(steps, ({ slot }) => slot)].map(([slot, looked]) => (
          <section key={slot} aria-label={slot} className="mt-2">
            <h3 className="text-label font-medium text-quiet">{escapeInvisible(slot)}</h3>
            <ul>
              {looked.map((step, at) => (
                <Step key={step.id} step={step} onAgain={looked[at - 1]?.stage === step.stage ? undefined : onAgain} />
              ))}
            </ul>
          </section>
        ))}
      </details>
    </>
  );
}

/** "All 27 steps: 24 pass, 1 warning, 2 skipped". */
function summaryOf(steps: readonly CheckStep[]): string {
  const counts = checkVerdicts
    .map((verdict) => [steps.filter((step) => step.verdict === verdict).length, markOf(verdict).word] as const)
    .filter(([count]) => count > 0);
  return `All ${formatPlural(steps.length, "step")}: ${counts.map(([count, word]) => `${count} ${word}`).join(", ")}`;
}

interface StepProps extends Pick<CheckStepsProps, "onAgain"> {
  step: CheckStep;
  /** Where it stands apart from others of its store. */
  slot?: string;
}

function Step({ step: { stage, slot: part, verdict, message, remedy, tookMs }, slot, onAgain }: StepProps) {
  const isQuiet = verdict === "pass" || verdict === "skip";
  return (
    <li className="grid grid-cols-[90px_64px_1fr_56px_24px] items-baseline gap-x-2 py-0.5 text-label max-md:grid-cols-[90px_1fr_24px]">
      <StatusMark name={verdict} />
      <span className="text-quiet">{stage}</span>
      <div className="min-w-0 max-md:order-last max-md:col-span-3">
        <p className="break-words">
          {slot !== undefined && slot !== "source" && <span className="text-quiet">{escapeInvisible(slot)}: </span>}
          {escapeInvisible(message)}
        </p>
        {remedy && !isQuiet && (
          <div className="mt-0.5 flex items-start gap-1">
            <pre className="min-w-0 flex-1 rounded-sm bg-frame px-2 py-1 font-mono break-words whitespace-pre-wrap">
              {escapeLines(remedy)}
            </pre>
            <CopyButton text={remedy} label="Copy what mends it" />
          </div>
        )}
      </div>
      <span className="text-right text-quiet tabular-nums max-md:hidden">
        {tookMs >= 10 ? formatDuration(tookMs / 1000) : ""}
      </span>
      {onAgain && (
        <IconButton
          label={`Check ${stage} again`}
          className="-my-1 size-6 self-start text-quiet"
          onClick={() => onAgain({ slot: part, stage })}
        >
          <RefreshCw aria-hidden className="size-3" />
        </IconButton>
      )}
    </li>
  );
}

function escapeLines(text: string): string {
  return text.split("\n").map(escapeInvisible).join("\n");
}
