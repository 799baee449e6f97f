"use client";
import { type UseQueryResult, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Log } from "../../../lib/domain/run.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import type { Failure } from "../../ui/states.tsx";
import type { LogLine } from "./log-lines.ts";
import { isUnderWay, type RunView } from "./run-view.ts";

export interface ReadLog {
  lines: readonly LogLine[];
  /** Nothing is there yet. */
  pending: boolean;
  error: Failure | null;
  retry(): void;
  /** Every line so far has been read; else more are on their way, or wait for `readOn`. */
  whole: boolean;
  /** Set where reading stopped because there is so much. */
  readOn: (() => void) | null;
}

/** Pages read without being asked, and as many more each time. */
const PAGES_AT_ONCE = 25;
const FOLLOW_EVERY = 3000;

/** The run's log, page after page. Only the last page can have changed, so while the run is under way only that one is read again. */
export function useLog({ run }: RunView): ReadLog {
  const client = useQueryClient();
  const { source, id } = run;
  const [offsets, setOffsets] = useState<readonly number[]>([0]);
  const [most, setMost] = useState(PAGES_AT_ONCE);
  const follows = isUnderWay(run);
  const { pages, errors } = useQueries({
    queries: offsets.map((offset, at) => ({
      ...runQueries.log(source, id, offset),
      ...(at < offsets.length - 1
        ? { staleTime: Number.POSITIVE_INFINITY, meta: { live: "held" as const } }
        : { refetchInterval: follows ? FOLLOW_EVERY : (false as const) }),
    })),
    combine: combinePages,
  });
  const next = pages.at(-1)?.nextOffset ?? null;
  const stopped = next !== null && offsets.length >= most;
  useEffect(() => {
    if (next !== null && !stopped) setOffsets((known) => (known.includes(next) ? known : [...known, next]));
  }, [next, stopped]);
  const lines = useMemo(() => pages.flatMap((page) => page?.lines ?? []), [pages]);
  const failed = errors.findIndex(Boolean);
  const retry = useCallback(() => {
    const offset = offsets[failed];
    if (offset !== undefined) void client.refetchQueries({ queryKey: runQueries.log(source, id, offset).queryKey });
  }, [client, source, id, offsets, failed]);
  return {
    lines,
    pending: pages[0] === undefined && failed < 0,
    error: errors[failed] ?? null,
    retry,
    whole: pages.at(-1) !== undefined && next === null,
    readOn: stopped ? () => setMost(offsets.length + PAGES_AT_ONCE) : null,
  };
}

function combinePages(results: UseQueryResult<Log>[]) {
  return { pages: results.map(({ data }) => data), errors: results.map(({ error }) => error) };
}
