"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Source } from "../../lib/domain/source.ts";
import { type LiveState, liveQueries, pauseLive } from "../../lib/queries/live.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { classNames } from "../ui/class-names.ts";
import { useNow } from "../ui/clock.ts";
import { describeLive } from "./describe-live.ts";

const noSources: readonly Source[] = [];
const toneClasses = { good: "text-green", waiting: "text-quiet", worn: "text-amber", bad: "text-red" };

/** How fresh the page is, in words; pressing it pauses and resumes. */
export function LiveMark() {
  const client = useQueryClient();
  const state = useQuery(liveQueries.state()).data as LiveState;
  const sources = useQuery(sourceQueries.list()).data?.items ?? noSources;
  const words = useNow((now) => JSON.stringify(describeLive(state, sources, now)));
  const { tone, shape, text, reason } = JSON.parse(words) as ReturnType<typeof describeLive>;
  const paused = state === "paused";
  return (
    <button
      type="button"
      aria-pressed={paused}
      aria-label={`${text}. ${paused ? "Resume" : "Pause"} live updates`}
      data-tip={`${reason}\n${paused ? "Press to follow changes again." : "Press to pause."}`}
      onClick={() => pauseLive(client, !paused)}
      className={classNames(
        "flex h-8 shrink-0 items-center md:min-w-30 gap-1.5 rounded-md px-2 text-label whitespace-nowrap hover:bg-hover",
        toneClasses[tone],
      )}
    >
      <span aria-hidden>{shape}</span>
      <span className="max-md:sr-only">{text}</span>
    </button>
  );
}
