import { ArrowDownToLine, CircleAlert, WrapText } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Select } from "../../ui/input.tsx";
import { type LogLevel, logLevels } from "./log-lines.ts";

interface LogToolbarProps {
  least: LogLevel | null;
  shown: number;
  total: number;
  /** Failing lines that one can go through. */
  stops: number;
  /** One of them has been gone to. */
  started: boolean;
  wrap: boolean;
  follows: boolean;
  underWay: boolean;
  onChange(changes: Record<string, string | null>): void;
  onNext(): void;
  onFollow(): void;
}

/** What thins the log, leads to its failures, wraps and follows it. */
export function LogToolbar(props: LogToolbarProps) {
  const { least, shown, total, stops, started, wrap, follows, underWay, onChange, onNext, onFollow } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-label text-quiet">
      <Select
        aria-label="Least level"
        value={least ?? ""}
        onChange={(event) => onChange({ level: event.target.value })}
      >
        <option value="">Every level</option>
        {logLevels.slice(1).map((level) => (
          <option key={level} value={level}>
            {level} and worse
          </option>
        ))}
      </Select>
      <span>
        {shown === total ? formatPlural(total, "line") : `${formatCount(shown)} of ${formatPlural(total, "line")}`}
      </span>
      <div className="ml-auto flex flex-wrap gap-2">
        {stops > 0 && (
          <Button onClick={onNext}>
            <CircleAlert aria-hidden className="size-4 text-red" />
            {started ? `Next of ${formatCount(stops)}` : "Jump to the failing line"}
          </Button>
        )}
        <Button aria-pressed={wrap} onClick={() => onChange({ wrap: wrap ? "0" : "1" })}>
          <WrapText aria-hidden className="size-4" /> Wrap
        </Button>
        {underWay && (
          <Button aria-pressed={follows} onClick={onFollow}>
            <ArrowDownToLine aria-hidden className="size-4" /> Follow
          </Button>
        )}
      </div>
    </div>
  );
}
