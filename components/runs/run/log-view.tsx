"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { useUrlState } from "../../ui/url-state.ts";
import { failingLines, type LogLevel, linesFrom, logLevels, readLineNumber } from "./log-lines.ts";
import { LogRow } from "./log-row.tsx";
import { LogToolbar } from "./log-toolbar.tsx";
import { SearchOutcome } from "./search-outcome.tsx";
import type { ReadLog } from "./use-log.ts";
import { useNarrow } from "./use-narrow.ts";

const ROW = 20;
/** This near to the end the reader is at the end. */
const AT_END = 2 * ROW;

/** The lines of a log in their box, with what thins them and leads through them. */
export function LogView({ log, underWay }: { log: ReadLog; underWay: boolean }) {
  const { lines } = log;
  const { get, change } = useUrlState();
  const find = get("find");
  const asked = get("level");
  const least = (logLevels as readonly (string | null)[]).includes(asked) ? (asked as LogLevel) : null;
  const scroller = useRef<HTMLDivElement>(null);
  const current = readLineNumber(get("line"));
  const [follows, setFollows] = useState(underWay && find === null && current === null);
  const narrow = useNarrow();
  const wrap = get("wrap") === null ? narrow : get("wrap") === "1";
  const shown = useMemo(() => linesFrom(lines, least), [lines, least]);
  const failing = useMemo(() => failingLines(lines, null), [lines]);
  const found = useMemo(() => (find === null ? [] : failingLines(lines, find)), [lines, find]);
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
  const stops = found.length > 0 ? found : failing;
  const next = () => {
    const line = stops.find((index) => current === null || index > current) ?? stops[0];
    if (line === undefined) return;
    change({ line: String(line + 1) });
    reach(line);
  };
  const wanted = current === null ? found[0] : undefined;
  useEffect(() => {
    if (wanted !== undefined) change({ line: String(wanted + 1) });
  }, [wanted, change]);
  useEffect(() => {
    if (follows && shown.length > 0) rows.scrollToIndex(shown.length - 1, { align: "end" });
  }, [follows, shown.length, rows]);
  // However one scrolls up (wheel, keys, touch, the bar), the end is no longer followed.
  const scrolledTo = useRef(0);
  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const up = box.scrollTop < scrolledTo.current;
    scrolledTo.current = box.scrollTop;
    if (up && box.scrollHeight - box.clientHeight - box.scrollTop > AT_END) setFollows(false);
  };

  return (
    <>
      <LogToolbar
        {...{ least, wrap, follows, underWay, onChange: change }}
        shown={shown.length}
        total={lines.length}
        stops={stops.length}
        started={current !== null}
        onNext={next}
        onFollow={() => setFollows(!follows)}
      />
      {find !== null && found.length === 0 && <SearchOutcome process={find} log={log} />}
      <section
        ref={scroller}
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
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
      {log.readOn && (
        <p className="flex flex-wrap items-center gap-3 text-label text-quiet">
          The first {formatCount(lines.length)} lines.
          <Button onClick={log.readOn}>Read further</Button>
        </p>
      )}
    </>
  );
}
