"use client";
import { Button } from "../button.tsx";
import { formatPlural } from "../format.ts";

/** How many new rows wait because the reader holds the table; pressing it shows them. */
export function NewRowsButton({
  count,
  one,
  many,
  onShow,
}: {
  count: number;
  one: string;
  many?: string;
  onShow(): void;
}) {
  if (count === 0) return null;
  return (
    <Button look="quiet" className="h-6 text-accent" onClick={onShow}>
      {formatPlural(count, one, many)} <span aria-hidden>▴</span>
    </Button>
  );
}
