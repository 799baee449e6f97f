"use client";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import type { PolicyOutcome } from "../../../lib/domain/policy.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { ledgerQueries, type PolicyFilter } from "../../../lib/queries/ledger-queries.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { formatBytes, formatDuration, formatPlural } from "../../ui/format.ts";
import { Input, Select } from "../../ui/input.tsx";
import { InlineError, Skeleton } from "../../ui/states.tsx";
import type { UrlChange } from "../../ui/url-state.ts";
import { writePlace } from "../tree-place.ts";

const gib = 2 ** 30;

export interface PolicyCardProps {
  source: Source | null;
  get(name: string): string | null;
  onChange(changes: UrlChange): void;
}

/** What a policy would take away, told before anything is; it ends in the entries that it selects. */
export function PolicyCard({ source, get, onChange }: PolicyCardProps) {
  const kind = get("policy") === "size" ? "size" : "age";
  const asked = {
    kind,
    older: numberOf(get("older"), 30),
    unused: numberOf(get("unused"), 30),
    keep: numberOf(get("keep"), 5),
  };
  const { older, unused, keep } = useDeferredValue(asked);
  const filter: PolicyFilter = {
    ...(source && { source: source.id }),
    ...(kind === "size" ? { keepBytes: Math.round(keep * gib) } : { olderThanDays: older, unusedDays: unused }),
  };
  const isNamed = kind === "size" || older > 0 || unused > 0;
  const { data, error, isPending, refetch } = useQuery({ ...ledgerQueries.policy(filter), enabled: isNamed });
  const field = (name: string, value: number, label: string, unit: string) => (
    <span className="flex items-center gap-1.5">
      <span className="w-20 text-quiet">{label}</span>
      <Input
        type="number"
        aria-label={`${label}, ${unit}`}
        min={0}
        step="any"
        className="w-24 text-right"
        value={get(name) ?? value}
        onChange={({ target }) => onChange({ [name]: target.value })}
      />
      <span className="text-quiet">{unit}</span>
    </span>
  );
  return (
    <section aria-labelledby="policy-title" className="min-w-0 rounded-md border border-line">
      <header className="flex h-9 items-center justify-between gap-2 pr-1 pl-3">
        <h3 id="policy-title" className="font-medium">
          What could go
        </h3>
        <Select
          aria-label="Policy"
          value={kind}
          onChange={({ target }) => onChange({ policy: target.value === "age" ? null : target.value })}
        >
          <option value="age">old and unused</option>
          <option value="size">least value first</option>
        </Select>
      </header>
      <div className="flex flex-col gap-2 px-3 pb-3 text-label">
        {kind === "age" ? (
          <div className="flex flex-wrap gap-x-4 gap-y-1.5">
            {field("older", older, "Older than", "days")}
            {field("unused", unused, "Unused for", "days")}
          </div>
        ) : (
          field("keep", keep, "Keep at most", "GiB")
        )}
        {!isNamed ? (
          <p className="m-0 text-quiet">Say after how many days.</p>
        ) : error ? (
          <InlineError error={error} onRetry={() => void refetch()} />
        ) : isPending ? (
          <Skeleton lines={3} />
        ) : (
          <Outcome outcome={data} source={source} />
        )}
      </div>
    </section>
  );
}

function Outcome({ outcome, source }: { outcome: PolicyOutcome; source: Source | null }) {
  const { q, entries, freedBytes, bytesAfter, bytesNow, recomputeSeconds, recomputeAtLeast, usedEntries } = outcome;
  const { pinnedEntries: pinned } = outcome;
  const stays = pinned === 0 ? "" : ` ${formatPlural(pinned, "pinned entry stays", "pinned entries stay")}.`;
  if (q === null)
    return (
      <p role="status" className="m-0 text-quiet">
        Nothing would go: {formatBytes(bytesNow)} are stored.{stays}
      </p>
    );
  const used =
    usedEntries === 0
      ? "None of them was ever used by another run."
      : `${formatPlural(usedEntries, "of them was", "of them were")} used by other runs.`;
  return (
    <>
      <p role="status" className="m-0">
        <strong className="font-semibold">{formatPlural(entries, "entry", "entries")}</strong> would go:{" "}
        {formatBytes(freedBytes)} freed, {formatBytes(bytesAfter)} left. Making them anew would take{" "}
        {recomputeAtLeast && "at least "}
        {formatDuration(recomputeSeconds)}. {used}
        {stays}
      </p>
      <p className="m-0 flex items-center gap-2">
        <ButtonLink className="h-7" href={hrefOf(q, source)}>
          Show these entries
        </ButtonLink>
        <span className="text-quiet">Nothing is removed here.</span>
      </p>
    </>
  );
}

/** The entries as the cache's own page lists them. */
function hrefOf(q: string, source: Source | null): string {
  const at = source && writePlace([source]);
  return `/cache?q=${encodeURIComponent(q)}&sort=value${at ? `&at=${encodeURIComponent(at)}` : ""}`;
}

function numberOf(text: string | null, usual: number): number {
  const number = Number(text);
  return text === null || text === "" || !Number.isFinite(number) || number < 0 ? usual : number;
}
