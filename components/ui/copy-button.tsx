"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { classNames } from "./class-names.ts";
import { escapeInvisible } from "./visible-text.ts";

/** Plain http beyond localhost has no clipboard of its own; there the old command does it. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.body.appendChild(document.createElement("textarea"));
  box.value = text;
  box.select();
  document.execCommand("copy");
  box.remove();
}

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
        void copyText(text).then(() => setCopied(true));
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
