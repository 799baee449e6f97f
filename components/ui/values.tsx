"use client";
import { useNow } from "./clock.ts";
import { formatAbsolute, formatBytes, formatDuration, formatNumber, formatRelative, missing } from "./format.ts";

/** "2 h ago"; the absolute time in the reader's zone on hover. Takes what the API says: ISO 8601 or `null`. */
export function RelativeTime({ at, className }: { at: string | null | undefined; className?: string }) {
  const time = at ? Date.parse(at) : Number.NaN;
  const words = useNow((now) => (Number.isNaN(time) ? missing : formatRelative(time, now)));
  if (Number.isNaN(time)) return <span className="text-faint">{missing}</span>;
  return (
    <time dateTime={at ?? undefined} data-tip={formatAbsolute(time)} className={className}>
      {words}
    </time>
  );
}

/** `3.26 s`, `1 h 12 m`; all its seconds on hover. */
export function Duration({ seconds }: { seconds: number | null | undefined }) {
  if (seconds === null || seconds === undefined) return <span className="text-faint">{missing}</span>;
  return <span data-tip={`${seconds} s`}>{formatDuration(seconds)}</span>;
}

/** How long something has been running, counting on. */
export function RunningFor({ since }: { since: string | null }) {
  const start = since ? Date.parse(since) : Number.NaN;
  const words = useNow((now) =>
    Number.isNaN(start) ? missing : formatDuration(Math.max(0, Math.round((now - start) / 1000))),
  );
  return <span>{words}</span>;
}

/** `1.1 MiB`; all its bytes on hover. */
export function Bytes({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span className="text-faint">{missing}</span>;
  return <span data-tip={`${value} bytes`}>{formatBytes(value)}</span>;
}

/** A measured number with four significant digits, or as `text` has it; the full value on hover. */
export function Measured({ value, text }: { value: number | null | undefined; text?: string }) {
  if (value === null || value === undefined) return <span className="text-faint">{missing}</span>;
  const shown = text ?? formatNumber(value);
  return <span data-tip={shown === String(value) ? undefined : String(value)}>{shown}</span>;
}
