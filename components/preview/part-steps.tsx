"use client";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";

export interface Steps {
  isFirst: boolean;
  onBefore(): void;
  onAfter(offset: number): void;
}

/** Which part is shown, and the way to the parts before and after; `next` is where the next one begins. */
export function PartSteps({
  isFirst,
  onBefore,
  onAfter,
  next,
  children,
}: Steps & { next: number | null; children: ReactNode }) {
  return (
    <div className="flex items-center gap-2 text-label text-quiet">
      <span>{children}</span>
      {!(isFirst && next === null) && (
        <>
          <Button disabled={isFirst} onClick={onBefore}>
            Before
          </Button>
          <Button disabled={next === null} onClick={() => next !== null && onAfter(next)}>
            After
          </Button>
        </>
      )}
    </div>
  );
}
