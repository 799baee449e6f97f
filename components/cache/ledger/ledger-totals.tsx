import Link from "next/link";
import type { ReactNode } from "react";
import type { LedgerTotals } from "../../../lib/domain/ledger.ts";
import { formatBytes, formatDuration, formatPlural, formatShare } from "../../ui/format.ts";
import { hitRateOf } from "./find-break.ts";
import { formatCost } from "./ledger-columns.tsx";

/** What all of it comes to. */
export function LedgerFigures({ totals }: { totals: LedgerTotals | undefined }) {
  const rate = totals && hitRateOf(totals);
  const whole = totals ? totals.savedSeconds + totals.spentSeconds : 0;
  return (
    <dl className="m-0 grid grid-cols-4 border-y border-line max-md:grid-cols-2">
      <Figure
        title="Saved"
        value={totals && `${totals.unpriced > 0 ? "≥ " : ""}${formatDuration(totals.savedSeconds)}`}
      >
        {totals && whole > 0 && `${formatShare(totals.savedSeconds / whole)} of what it all would have taken`}
      </Figure>
      <Figure title="Spent" value={totals && formatDuration(totals.spentSeconds)}>
        {totals && `${formatPlural(totals.misses, "process", "processes")} executed`}
      </Figure>
      <Figure title="Hit rate" value={totals && formatShare(rate)}>
        {totals && `${formatPlural(totals.hits, "process", "processes")} reused`}
      </Figure>
      <Figure title="Stored" value={totals && formatBytes(totals.bytes)}>
        {totals?.cost !== undefined && `${formatCost(totals.cost)} a month, `}
        <Link href="/cache?q=uses+%3D+0+and+state+%3D+usable&sort=-size" prefetch={false}>
          never used
        </Link>
        {" · "}
        <Link href="/cache?q=value+exists&sort=value" prefetch={false}>
          least value first
        </Link>
      </Figure>
    </dl>
  );
}

function Figure({ title, value, children }: { title: string; value: string | undefined; children: ReactNode }) {
  return (
    <div className="min-w-0 border-line px-4 py-2 nth-[n+2]:border-l max-md:nth-[3]:border-l-0 max-md:nth-[n+3]:border-t">
      <dt className="text-label font-medium text-quiet">{title}</dt>
      <dd className="m-0">
        <span className="text-head font-semibold">{value ?? "…"}</span>
        <span className="block text-label text-quiet">{children}</span>
      </dd>
    </div>
  );
}
