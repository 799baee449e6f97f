"use client";
import { useAddition } from "../../invalidate/use-addition.tsx";
import { Button } from "../../ui/button.tsx";
import { formatPlural } from "../../ui/format.ts";

/** Offers to write the entries of these payloads anew, where a run is recorded to have made them. */
export function ReviveButton({ orphans }: { orphans: readonly { id: string; source: string; revivable: boolean }[] }) {
  const { dialog, add } = useAddition();
  const revivable = orphans.filter((one) => one.revivable);
  const [owner, ...others] = new Set(revivable.map(({ source }) => source));
  if (owner === undefined) return null;
  const refusal = others.length > 0 ? "A plan is of one source: choose it above." : undefined;
  const target = {
    source: owner,
    intent: "revive" as const,
    selector: { entries: revivable.map(({ id }) => id) },
    subject: `the entries of ${formatPlural(revivable.length, "payload")}`,
  };
  return (
    <>
      <Button
        aria-disabled={refusal !== undefined || undefined}
        data-tip={refusal}
        className="aria-disabled:opacity-55"
        onClick={() => refusal === undefined && add(target)}
      >
        Revive…
      </Button>
      {dialog}
    </>
  );
}
