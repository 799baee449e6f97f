"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { classNames } from "./class-names.ts";
import { escapeInvisible } from "./visible-text.ts";

/** Copies `text` and says so for two seconds. */
export function CopyButton({ text, label = "Copy", className }: { text: string; label?: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const Picture = copied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={copied ? "Copied" : escapeInvisible(label)}
      data-tip={escapeInvisible(label)}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
      className={classNames(
        "inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-quiet hover:bg-hover hover:text-ink",
        className,
      )}
    >
      <Picture aria-hidden className="size-3.5" />
    </button>
  );
}
