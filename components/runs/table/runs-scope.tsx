"use client";
import { X } from "lucide-react";
import type { Source } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { NameText } from "../../ui/names.tsx";
import type { RunsView } from "./runs-view.ts";

export interface RunsScopeProps {
  view: RunsView;
  sources: readonly Source[] | undefined;
  rows: readonly ReadRun[];
  onClear(): void;
}

/** Which source or experiment the table is limited to, where a link led here with one. */
export function RunsScope({ view, sources, rows, onClear }: RunsScopeProps) {
  if (!view.source && !view.experiment) return null;
  const source = view.source && (sources?.find(({ id }) => id === view.source)?.label ?? view.source);
  const experiment =
    view.experiment &&
    (rows.find(({ experimentId }) => experimentId === view.experiment)?.experimentName ?? view.experiment);
  return (
    <button
      type="button"
      aria-label="Show the runs of every source"
      data-tip="Show the runs of every source"
      onClick={onClear}
      className="flex h-6 max-w-96 items-center gap-1 rounded-full border border-line px-2 text-label text-ink hover:bg-hover"
    >
      only <NameText name={[source, experiment].filter(Boolean).join(" ▸ ")} />
      <X aria-hidden className="size-3.5 shrink-0 text-quiet" />
    </button>
  );
}
