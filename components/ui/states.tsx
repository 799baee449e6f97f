"use client";
import { CircleAlert, Inbox, RefreshCw, SearchX } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button, ButtonLink } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { useNow } from "./clock.ts";
import { formatPlural, formatRelative } from "./format.ts";
import { Remedy } from "./remedy.tsx";
import { escapeInvisible } from "./visible-text.ts";

/** What a failure tells: the shape of the API's errors, and of any other `Error`. */
export interface Failure {
  message: string;
  code?: string;
  remedy?: string | undefined;
}

/**
 * Grey bars in the final shape while something loads. Nothing shows for the first 300 ms: what is quick should not flash.
 */
export function Skeleton({ lines = 3, className }: { lines?: number; className?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div
      role="status"
      aria-label="Loading"
      className={classNames("flex flex-col gap-2", !late && "invisible", className)}
    >
      {Array.from({ length: lines }, (_, line) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: identical bars
          key={line}
          className={classNames("h-4 animate-pulse-soft rounded-sm bg-hover", barWidths[line % barWidths.length])}
        />
      ))}
    </div>
  );
}
const barWidths = ["w-11/12", "w-3/4", "w-5/6", "w-2/3"];

interface MessageProps {
  picture: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string | undefined;
  role?: "alert" | "status";
}

function Message({ picture, title, children, actions, className, role }: MessageProps) {
  return (
    <div
      role={role}
      className={classNames("mx-auto flex max-w-xl flex-col items-center gap-2 px-4 py-10 text-center", className)}
    >
      <span aria-hidden className="text-faint">
        {picture}
      </span>
      <p className="text-head font-medium">{title}</p>
      {children && <div className="text-quiet">{children}</div>}
      {actions && <div className="mt-2 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** Nothing is there yet: say what will bring it, and offer a next step in `actions`. */
export function EmptyState({
  title,
  children,
  actions,
  className,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <Message picture={<Inbox className="size-6" />} title={title} actions={actions} className={className}>
      {children}
    </Message>
  );
}

/** A filter leaves nothing: name the filter, offer to clear it. */
export function FilteredEmptyState({ what, filter, onClear }: { what: string; filter: string; onClear(): void }) {
  return (
    <Message
      picture={<SearchX className="size-6" />}
      title={`No ${what} match`}
      actions={<Button onClick={onClear}>Clear the filter</Button>}
    >
      <code className="font-mono text-label break-all">{escapeInvisible(filter)}</code>
    </Message>
  );
}

/** Something failed: what, how to mend it, and a way to try again. */
export function ErrorState({
  error,
  what,
  onRetry,
  retryLabel = "Try again",
  list,
  className,
}: {
  error: Failure;
  what?: string;
  onRetry?: () => void;
  /** Where trying the same again would not help. */
  retryLabel?: string;
  /** Where the others of its kind are, for something that may be gone for good. */
  list?: { href: string; label: string };
  className?: string;
}) {
  const forbidden = error.code === "forbidden";
  return (
    <Message
      role="alert"
      picture={<CircleAlert className="size-6 text-red" />}
      title={forbidden ? "This is not allowed" : what ? `Could not load ${what}` : "This did not work"}
      className={className}
      actions={
        (onRetry || list) && (
          <>
            {onRetry && (
              <Button onClick={onRetry}>
                <RefreshCw aria-hidden className="size-4" /> {retryLabel}
              </Button>
            )}
            {list && <ButtonLink href={list.href}>{list.label}</ButtonLink>}
          </>
        )
      }
    >
      <p>{error.message}</p>
      {error.remedy && (
        <p className="mt-1 text-ink">
          <Remedy text={error.remedy} />
        </p>
      )}
      {error.code && <p className="mt-1 font-mono text-label text-faint">{error.code}</p>}
    </Message>
  );
}

/** A failure in one line, where the rest of the view still has something to show. */
export function InlineError({ error, onRetry }: { error: Failure; onRetry?: () => void }) {
  return (
    <p role="alert" className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-md border border-line px-3 py-2">
      <CircleAlert aria-hidden className="size-4 shrink-0 text-red" />
      <span>{error.message}</span>
      {error.remedy && (
        <span className="text-quiet">
          <Remedy text={error.remedy} />
        </span>
      )}
      {onRetry && (
        <Button look="quiet" className="h-6" onClick={onRetry}>
          Try again
        </Button>
      )}
    </p>
  );
}

/** A scan behind an answer: how many it has found so far of what the view shows (`null`: not counted). */
export interface Scan {
  label: string;
  found: number | null;
  complete: boolean;
  /** It cannot go on. */
  lost: boolean;
}

/** Scans that have not seen everything yet: how far those that go on are, and which cannot. Nothing when all are through. */
export function PartialBadge({ scans, one, many }: { scans: readonly Scan[]; one: string; many?: string }) {
  const lost = scans.filter((scan) => !scan.complete && scan.lost).map(({ label }) => escapeInvisible(label));
  const underWay = scans.some((scan) => !scan.complete && !scan.lost);
  const counted = scans.every(({ found }) => found !== null);
  const found = scans.reduce((sum, scan) => sum + (scan.found ?? 0), 0);
  return (
    <>
      {underWay && (
        <span
          role="status"
          className="inline-flex items-center gap-1 text-label text-blue"
          data-tip="The first scan is still under way."
        >
          <span aria-hidden className="inline-flex w-[1em] justify-center motion-safe:animate-turn">
            ◐
          </span>
          {counted ? `indexed ${formatPlural(found, one, many)} so far` : "still indexing"}
        </span>
      )}
      {lost.length > 0 && (
        <span
          role="status"
          className="text-label text-amber"
          data-tip={`Not read to the end, and unreachable now: ${lost.join(", ")}`}
        >
          ! incomplete
        </span>
      )}
    </>
  );
}

/** What is shown is the last answer; asking anew failed. Why on hover; pressing it tries again. */
export function NotRefreshed({ error, onRetry }: { error: Failure | null; onRetry(): void }) {
  if (!error) return null;
  return (
    <Button
      look="quiet"
      className="h-6 text-amber"
      onClick={onRetry}
      data-tip={[error.message, error.remedy, "Press to try again."].filter(Boolean).join("\n")}
    >
      <span aria-hidden>!</span> not refreshed
    </Button>
  );
}

/** What is shown may be older than it looks: how old. Nothing while younger than `after` seconds. */
export function StaleBadge({ asOf, after = 60 }: { asOf: string | null | undefined; after?: number }) {
  const time = asOf ? Date.parse(asOf) : Number.NaN;
  const words = useNow((now) => (now - time > after * 1000 ? `as of ${formatRelative(time, now)}` : ""));
  return words ? <span className="text-label text-amber">{words}</span> : null;
}
