import { classNames } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";
import { escapeInvisible, splitTail } from "./visible-text.ts";

/**
 * A foreign name as stored, in one line: control and bidi characters as visible escapes, and where room is short its middle gives way
 * (`project-wine…ed0bed0d`). Done by layout alone; nothing is measured.
 */
export function NameText({ name, tail = 8, className }: { name: string; tail?: number; className?: string }) {
  const shown = escapeInvisible(name);
  const parts = splitTail(shown, tail);
  return (
    <span
      translate="no"
      dir="ltr"
      className={classNames("inline-flex max-w-full min-w-0 whitespace-pre [text-decoration:inherit]", className)}
      data-tip={parts.tail ? shown : undefined}
    >
      <span className="min-w-0 overflow-hidden text-ellipsis">{parts.head}</span>
      {parts.tail && <span className="shrink-0">{parts.tail}</span>}
    </span>
  );
}

/** Whether a text is a hash rather than something to read. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{16,}$/i.test(text);
}

/** A hash: its first eight characters in monospace, all of it on hover and on copy. */
export function HashText({ hash, length = 8, copy = true }: { hash: string; length?: number; copy?: boolean }) {
  const shown = escapeInvisible(hash);
  return (
    <span className="inline-flex items-center gap-0.5">
      <code translate="no" className="font-mono text-[0.92em]" data-tip={shown.length > length ? shown : undefined}>
        {shown.slice(0, length)}
      </code>
      {copy && <CopyButton text={hash} label="Copy the whole hash" className="-my-1" />}
    </span>
  );
}
