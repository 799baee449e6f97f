"use client";
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

const field = "h-8 rounded-md border border-control bg-canvas text-body text-ink disabled:opacity-55";

/** A line of text. Name it with a `<label>` or `aria-label`. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input autoComplete="off" spellCheck={false} className={classNames(field, "min-w-0 px-2.5", className)} {...rest} />
  );
}

/** Lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      autoComplete="off"
      className={classNames(
        "min-w-0 resize-y rounded-md border border-control bg-canvas px-2.5 py-1.5 text-body text-ink disabled:opacity-55",
        className,
      )}
      {...rest}
    />
  );
}

/** The browser's own select: keyboard, screen reader and touch behave as the reader knows them. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className={classNames("relative inline-flex", className)}>
      <select className={classNames(field, "w-full min-w-0 appearance-none pr-7 pl-2.5")} {...rest}>
        {children}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-quiet" />
    </span>
  );
}

/** A tick box. With `mixed` it shows that some, not all, are ticked. */
export function Checkbox({
  mixed = false,
  className,
  ...rest
}: Omit<ComponentProps<"input">, "type"> & { mixed?: boolean }) {
  return (
    <input
      type="checkbox"
      ref={(box) => {
        if (box) box.indeterminate = mixed;
      }}
      className={classNames("m-0 size-4 shrink-0 accent-accent-fill", className)}
      {...rest}
    />
  );
}
