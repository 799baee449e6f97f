import { type CheckStep, checkVerdicts } from "../../lib/domain/check.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatDuration, formatPlural } from "../ui/format.ts";
import { markOf, StatusMark } from "../ui/status-mark.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

/** What fails or warns, with what mends it; behind one line all steps, by the store that they look at. */
export function CheckSteps({ steps }: { steps: readonly CheckStep[] }) {
  const told = steps.filter(({ verdict }) => verdict === "fail" || verdict === "warn");
  if (steps.length === 0) return null;
  return (
    <>
      <ul className="mt-1">
        {told.map((step) => (
          <Step key={step.id} step={step} slot={step.slot} />
        ))}
      </ul>
      <details className="mt-1">
        <summary className="cursor-pointer text-label text-quiet hover:text-ink">{summaryOf(steps)}</summary>
        {[...Map.groupBy(steps, ({ slot }) => slot)].map(([slot, looked]) => (
          <section key={slot} aria-label={slot} className="mt-2">
            <h3 className="text-label font-medium text-quiet">{escapeInvisible(slot)}</h3>
            <ul>
              {looked.map((step) => (
                <Step key={step.id} step={step} />
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

function Step({ step: { stage, verdict, message, remedy, tookMs }, slot }: { step: CheckStep; slot?: string }) {
  const isQuiet = verdict === "pass" || verdict === "skip";
  return (
    <li className="grid grid-cols-[90px_64px_1fr_auto] items-baseline gap-x-2 py-0.5 text-label max-md:grid-cols-[90px_1fr]">
      <StatusMark name={verdict} />
      <span className="text-quiet">{stage}</span>
      <div className="min-w-0 max-md:col-span-2">
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
      <span className="text-quiet tabular-nums max-md:hidden">{tookMs >= 10 ? formatDuration(tookMs / 1000) : ""}</span>
    </li>
  );
}

function escapeLines(text: string): string {
  return text.split("\n").map(escapeInvisible).join("\n");
}
