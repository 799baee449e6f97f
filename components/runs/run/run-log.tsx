"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownToLine, CircleAlert } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Select } from "../../ui/input.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { failingLines, type LogLevel, type LogLine, levelOf, linesFrom, logLevels } from "./log-lines.ts";
import { isUnderWay, type RunView } from "./run-view.ts";

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
  const [follows, setFollows] = useState(under && find === null);
  const [current, setCurrent] = useState<number | null>(null);
  const shown = useMemo(() => linesFrom(lines, least), [lines, least]);
  const failing = useMemo(() => failingLines(lines, find), [lines, find]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => ROW * (lines[shown[at] ?? 0]?.text.split("\n").length ?? 1),
    getItemKey: (at) => shown[at] ?? at,
    overscan: 20,
  });

  const jump = useCallback(
    (line: number) => {
      const at = shown.indexOf(line);
      setFollows(false);
      setCurrent(line);
      if (at >= 0) rows.scrollToIndex(at, { align: "center" });
    },
    [shown, rows],
  );
  const next = () => {
    const line = failing.find((index) => current === null || index > current) ?? failing[0];
    if (line !== undefined) jump(line);
  };
  const wanted = find === null ? undefined : failing[0];
  const jumped = useRef<string | null>(null);
  useEffect(() => {
    if (wanted === undefined || jumped.current === find) return;
    jumped.current = find;
    jump(wanted);
  }, [wanted, find, jump]);
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
        <div className="ml-auto flex gap-2">
          {failing.length > 0 && (
            <Button onClick={next}>
              <CircleAlert aria-hidden className="size-4 text-red" />
              {current === null ? "Jump to the failing line" : `Next of ${failing.length}`}
            </Button>
          )}
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
        <div className="relative min-w-max" style={{ height: rows.getTotalSize() }}>
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

/** Time of day in the reader's zone, to the millisecond. */
function clockOf(at: string | null): string {
  const date = new Date(at ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return "";
  const part = (value: number, digits = 2) => String(value).padStart(digits, "0");
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`;
}

const tones: Partial<Record<LogLevel, string>> = {
  warning: "text-amber",
  error: "text-red",
  critical: "text-red",
  debug: "text-faint",
};

interface LogRowProps {
  measure(element: HTMLElement | null): void;
  index: number;
  start: number;
  number: number;
  line: LogLine | undefined;
  current: boolean;
}

function LogRow({ measure, index, start, number, line, current }: LogRowProps) {
  if (!line) return null;
  const level = levelOf(line);
  return (
    <div
      ref={measure}
      data-index={index}
      data-line={number}
      aria-current={current || undefined}
      className="absolute left-0 flex min-w-full gap-3 px-3 leading-5 aria-[current=true]:bg-selected"
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className="w-10 shrink-0 text-right text-faint select-none">{number}</span>
      <span className="w-[5.5rem] shrink-0 text-faint max-md:hidden">{clockOf(line.at)}</span>
      <span className={classNames("w-16 shrink-0 max-md:hidden", level && tones[level])}>{line.level ?? ""}</span>
      <span translate="no" className={classNames("whitespace-pre", level && tones[level])}>
        {line.text.split("\n").map(escapeInvisible).join("\n")}
      </span>
    </div>
  );
}
