import type { Plan } from "../../lib/domain/plan.ts";
import { formatDuration, formatPlural } from "../ui/format.ts";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

/** A plan that takes nothing out, in short: what comes back or stays, what that saves, for how long, and what is left out. */
export function AdditionFacts({ plan }: { plan: Plan }) {
  const { totals, kept, keptCount, affectedRunCount, lifeSeconds } = plan;
  const isRevival = plan.intent === "revive";
  const reasons = [...new Set(kept.map(({ reason }) => reason))];
  return (
    <Facts>
      <Fact name={isRevival ? "Comes back" : "Stays longer"}>
        {formatPlural(totals.entries, "entry", "entries")}
        {isRevival && ", as the run that made it recorded it"}
      </Fact>
      <Fact name="Saves">
        {totals.recomputeAtLeast && "at least "}
        {formatDuration(totals.recomputeSeconds)} of making {totals.entries === 1 ? "it" : "them"} again
      </Fact>
      <Fact name="Lives">
        {lifeSeconds === null
          ? "as long as it is not removed"
          : `for ${formatDuration(lifeSeconds)}, then the store removes it by itself`}
      </Fact>
      {keptCount > 0 && (
        <Fact name="Left out">
          {formatPlural(keptCount, "file")}: {escapeInvisible(reasons.join(" "))}
        </Fact>
      )}
      <Fact name="Runs">
        {affectedRunCount === 0
          ? "None that is recorded made or used it"
          : `${formatPlural(affectedRunCount, "run")} made or used it`}
      </Fact>
      <Fact name="Undo">
        {isRevival
          ? "takes it out again, while it is still exactly that"
          : "gives it its earlier end back, while that is not over"}
      </Fact>
      <Fact name="Store">
        <span translate="no" className="break-all">
          {escapeInvisible(plan.storeIdentity)}
        </span>
      </Fact>
    </Facts>
  );
}
