"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownToLine, CircleAlert, WrapText } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Select } from "../../ui/input.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { failingLines, type LogLevel, type LogLine, linesFrom, logLevels, readLineNumber } from "./log-lines.ts";
import { LogRow } from "./log-row.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";
import { useNarrow } from "./use-narrow.ts";

const ROW = 20;
const MOST_PAGES = 25;
const FOLLOW_EVERY = 3000;

/** The run's log. While the run is under way it follows the end, until one scrolls up. */
export function RunLog({ view }: { view: RunView }) {
  const { run } = view;
  const { get } = useUrlState();
  const query = useInfiniteQuery({
    ...runQueries.log(run.source, run.id),
    refetchInterval: isUnderWay(run) ? FOLLOW_EVERY : false,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const pages = data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && pages < MOST_PAGES) void fetchNextPage();
  }, [hasNextPage, isFetching, pages, fetchNextPage]);
  const lines = useMemo(() => data?.pages.flatMap((page) => page.lines) ?? [], [data]);
  if (query.isPending) return <Skeleton lines={12} />;
  if (query.isError && lines.length === 0) {
    if (query.error.code === "not_found" || query.error.code === "unsupported") {
      return <EmptyState title="No log of this run">{query.error.remedy ?? query.error.message}</EmptyState>;
    }
    return <ErrorState error={query.error} what="the log" onRetry={() => query.refetch()} />;
  }
  if (lines.length === 0) return <EmptyState title={isUnderWay(run) ? "Nothing logged yet" : "The log is empty"} />;
  return (
    <LogView
      lines={lines}
      under={isUnderWay(run)}
      find={get("find")}
      more={hasNextPage && pages >= MOST_PAGES ? () => void fetchNextPage() : null}
    />
  );
}

function LogView({
  lines,
  under,
  find,
  more,
}: {
  lines: readonly LogLine[];
  under: boolean;
  find: string | null;
  more: (() => void) | null;
}) {
  const { get, change } = useUrlState();
  const asked = get("level");
  const least = (logLevels as readonly (string | null)[]).includes(asked) ? (asked as LogLevel) : null;
  const scroller = useRef<HTMLDivElement>(null);
  const current = readLineNumber(get("line"));
  const [follows, setFollows] = useState(under && find === null && current === null);
  const narrow = useNarrow();
  const wrap = get("wrap") === null ? narrow : get("wrap") === "1";
  const shown = useMemo(() => linesFrom(lines, least), [lines, least]);
  const failing = useMemo(() => failingLines(lines, find), [lines, find]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => ROW * (lines[shown[at] ?? 0]?.text.split("\n").length ?? 1),
    // Heights are remembered by key: wrapping asks for new ones.
    getItemKey: (at) => `${shown[at] ?? at} ${wrap}`,
    overscan: 20,
  });

  const reached = useRef<number | null>(null);
  const reach = useCallback(
    (line: number) => {
      const at = shown.indexOf(line);
      if (at < 0) return;
      reached.current = line;
      setFollows(false);
      rows.scrollToIndex(at, { align: "center" });
    },
    [shown, rows],
  );
  // The line in the address is gone to once, as soon as it is loaded.
  useEffect(() => {
    if (current !== null && reached.current !== current) reach(current);
  }, [current, reach]);
  const next = () => {
    const line = failing.find((index) => current === null || index > current) ?? failing[0];
    if (line === undefined) return;
    change({ line: String(line + 1) });
    reach(line);
  };
  const wanted = find === null || current !== null ? undefined : failing[0];
  useEffect(() => {
    if (wanted !== undefined) change({ line: String(wanted + 1) });
  }, [wanted, change]);
  useEffect(() => {
    if (follows && shown.length > 0) rows.scrollToIndex(shown.length - 1, { align: "end" });
  }, [follows, shown.length, rows]);

  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-label text-quiet">
        <Select
          aria-label="Least level"
          value={least ?? ""}
          onChange={(event) => change({ level: event.target.value })}
        >
          <option value="">Every level</option>
          {logLevels.slice(1).map((level) => (
            <option key={level} value={level}>
              {level} and worse
            </option>
          ))}
        </Select>
        <span>
          {shown.length === lines.length
            ? formatPlural(lines.length, "line")
            : `${formatCount(shown.length)} of ${formatPlural(lines.length, "line")}`}
        </span>
        <div className="ml-auto flex flex-wrap gap-2">
          {failing.length > 0 && (
            <Button onClick={next}>
              <CircleAlert aria-hidden className="size-4 text-red" />
              {current === null ? "Jump to the failing line" : `Next of ${failing.length}`}
            </Button>
          )}
          <Button aria-pressed={wrap} onClick={() => change({ wrap: wrap ? "0" : "1" })}>
            <WrapText aria-hidden className="size-4" /> Wrap
          </Button>
          {under && (
            <Button aria-pressed={follows} onClick={() => setFollows(!follows)}>
              <ArrowDownToLine aria-hidden className="size-4" /> Follow
            </Button>
          )}
        </div>
      </div>
      <section
        ref={scroller}
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onWheel={(event) => event.deltaY < 0 && setFollows(false)}
        className="h-[calc(100dvh-19rem)] min-h-72 overflow-auto rounded-md border border-line bg-frame font-mono text-label"
      >
        <div className={wrap ? "relative" : "relative min-w-max"} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => {
            const line = shown[index] ?? 0;
            return (
              <LogRow
                key={key}
                measure={rows.measureElement}
                index={index}
                start={start}
                number={line + 1}
                line={lines[line]}
                current={line === current}
                wrap={wrap}
              />
            );
          })}
        </div>
      </section>
      {more && (
        <Button className="self-start" onClick={more}>
          Read further
        </Button>
      )}
    </div>
  );
}
