import type { Plan } from "../../lib/domain/plan.ts";
import { formatBytes, formatDuration, formatPlural } from "../ui/format.ts";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { titleOfIntent } from "./intents.ts";

/** A plan in short: what goes, what it costs, what stays, who loses what. */
export function PlanFacts({ plan }: { plan: Plan }) {
  const { totals, kept, keptCount, downstream, affectedRunCount } = plan;
  const { entries, payloads, bytesNow, bytesAfterTrash, recomputeSeconds, recomputeAtLeast } = totals;
  const following = downstream.reduce((sum, place) => sum + place.entries, 0);
  return (
    <Facts>
      <Fact name="Wanted">{titleOfIntent(plan.intent)}</Fact>
      <Fact name="Goes">
        {formatPlural(entries, "entry", "entries")}
        {payloads > 0 && `, ${formatPlural(payloads, "file")}`}
        {following > 0 && (
          <>
            , of these {formatPlural(following, "entry", "entries")} made of it:{" "}
            {escapeInvisible([...new Set(downstream.map(({ process }) => process))].join(", "))}
          </>
        )}
      </Fact>
      <Fact name="Making it again">
        {recomputeAtLeast && "at least "}
        {formatDuration(recomputeSeconds)}
      </Fact>
      <Fact name="Space">
        {payloads > 0
          ? `${formatBytes(bytesNow)} now, ${formatBytes(bytesAfterTrash)} once the trash is emptied`
          : `${formatBytes(bytesNow)}: result files stay, and are overwritten or become orphans`}
      </Fact>
      {keptCount > 0 && (
        <Fact name="Stays">
          {formatPlural(keptCount, "file")}: {[...new Set(kept.map(({ reason }) => reason))].join("; ")}
        </Fact>
      )}
      <Fact name="Runs">
        {affectedRunCount === 0
          ? "None that is recorded made or used it"
          : `${formatPlural(affectedRunCount, "run")} made or used it; their records, metrics and charts stay${payloads > 0 ? ", their results in these files go" : ""}`}
      </Fact>
      <Fact name="Back again">
        for {formatDuration(plan.restorableSeconds)}, as it was, where nothing else came meanwhile
      </Fact>
      <Fact name="Store">
        <span translate="no" className="break-all">
          {escapeInvisible(plan.storeIdentity)}
        </span>
      </Fact>
    </Facts>
  );
}
