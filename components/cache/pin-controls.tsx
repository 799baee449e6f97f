"use client";
import { Pin, PinOff } from "lucide-react";
import type { Entry, EntryDetail } from "../../lib/domain/entry.ts";
import { useAddition } from "../invalidate/use-addition.tsx";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/values.tsx";
import { titleOfEntry } from "./describe-entry.ts";
import { usePin } from "./use-pin.ts";

/** Pins these entries, or unpins them where all are pinned. */
export function PinButton({ entries, className }: { entries: readonly Entry[]; className?: string }) {
  const { isPending, pin } = usePin();
  const isPinned = entries.every(({ pinned }) => pinned);
  const Icon = isPinned ? PinOff : Pin;
  return (
    <Button
      className={className}
      disabled={isPending}
      data-tip={isPinned ? undefined : "Policies and freeing space leave what is pinned"}
      onClick={() => pin(entries, !isPinned)}
    >
      <Icon aria-hidden className="size-4" />
      {isPinned ? "Unpin" : "Pin"}
    </Button>
  );
}

/** Who pinned it, and that the store removes it all the same where it does. */
export function PinNotice({ entry }: { entry: EntryDetail }) {
  const { dialog, add } = useAddition();
  if (!entry.pin) return null;
  const isMortal = entry.expiresAt !== null && entry.ttl?.enforced === true;
  return (
    <section aria-label="Pin" className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pb-3">
      <span>
        Pinned <RelativeTime at={entry.pin.at} />: policies and freeing space leave it.
        {isMortal && (
          <span className="text-amber">
            {" "}
            <span aria-hidden>! </span>The store removes it all the same <RelativeTime at={entry.expiresAt} />.
          </span>
        )}
      </span>
      {isMortal && (
        <Button
          onClick={() =>
            add({
              source: entry.source,
              selector: { entries: [entry.id] },
              subject: titleOfEntry(entry),
              intent: "keep-longer",
            })
          }
        >
          Keep it longer…
        </Button>
      )}
      {dialog}
    </section>
  );
}
