import { classNames } from "../../ui/class-names.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { type LogLevel, type LogLine, levelOf } from "./log-lines.ts";

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
  wrap: boolean;
}

/** A line of the log at its place in the scrolled list. */
export function LogRow({ measure, index, start, number, line, current, wrap }: LogRowProps) {
  if (!line) return null;
  const level = levelOf(line);
  return (
    <div
      ref={measure}
      data-index={index}
      data-line={number}
      aria-current={current || undefined}
      className={classNames(
        "absolute left-0 flex gap-3 px-3 leading-5 aria-[current=true]:bg-selected",
        wrap ? "w-full" : "min-w-full",
      )}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className="w-10 shrink-0 text-right text-faint select-none">{number}</span>
      <span className="w-[5.5rem] shrink-0 text-faint max-md:hidden">{clockOf(line.at)}</span>
      <span className={classNames("w-16 shrink-0 max-md:hidden", level && tones[level])}>{line.level ?? ""}</span>
      <span
        translate="no"
        className={classNames(
          wrap ? "min-w-0 wrap-anywhere whitespace-pre-wrap" : "whitespace-pre",
          level && tones[level],
        )}
      >
        {line.text.split("\n").map(escapeInvisible).join("\n")}
      </span>
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
