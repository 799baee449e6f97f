"use client";
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import type { InvalidateDialogProps } from "./invalidate-dialog.tsx";

const InvalidateDialog = lazy(() =>
  import("./invalidate-dialog.tsx").then((module) => ({ default: module.InvalidateDialog })),
);

type Target = Omit<InvalidateDialogProps, "onClose">;

/** Opens the dialog of an invalidation; its code is loaded when it is first opened. Render `dialog` somewhere. */
export function useInvalidate(): { dialog: ReactNode; invalidate(target: Target): void } {
  const [target, invalidate] = useState<Target | null>(null);
  const close = useCallback(() => invalidate(null), []);
  return {
    invalidate,
    dialog: target && (
      <Suspense fallback={null}>
        <InvalidateDialog {...target} onClose={close} />
      </Suspense>
    ),
  };
}
