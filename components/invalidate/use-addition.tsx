"use client";
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import type { AdditionDialogProps } from "./addition-dialog.tsx";

const AdditionDialog = lazy(() =>
  import("./addition-dialog.tsx").then((module) => ({ default: module.AdditionDialog })),
);

type Target = Omit<AdditionDialogProps, "onClose">;

/** Opens the dialog of a revival or a longer life; its code is loaded when it is first opened. Render `dialog` somewhere. */
export function useAddition(): { dialog: ReactNode; add(target: Target): void } {
  const [target, add] = useState<Target | null>(null);
  const close = useCallback(() => add(null), []);
  return {
    add,
    dialog: target && (
      <Suspense fallback={null}>
        <AdditionDialog {...target} onClose={close} />
      </Suspense>
    ),
  };
}
