import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { escapeInvisible } from "./visible-text.ts";

/** A region that scrolls inside the page, with a name, and reachable by keyboard. */
export function ScrollBox({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section aria-label={escapeInvisible(label)} tabIndex={0} className={classNames("overflow-auto", className)}>
      {children}
    </section>
  );
}

/** Text as stored, in monospace, in a box that scrolls. */
export function TextBox({ label, text, className }: { label: string; text: string; className?: string }) {
  return (
    <ScrollBox
      label={label}
      className={classNames("rounded-md border border-line bg-frame p-3", className ?? "max-h-[70vh]")}
    >
      <pre translate="no" className="m-0 font-mono text-label">
        {text}
      </pre>
    </ScrollBox>
  );
}
