"use client";
import { Button } from "../ui/button.tsx";

/** The safe ways out of a step of a dialog: to the one before it, and out of the dialog. The latter has the focus first. */
export function BackAndCancel({ onBack, onCancel }: { onBack?: (() => void) | undefined; onCancel(): void }) {
  return (
    <>
      {onBack && <Button onClick={onBack}>Back</Button>}
      <Button onClick={onCancel} data-autofocus>
        Cancel
      </Button>
    </>
  );
}
