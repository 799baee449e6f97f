"use client";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState, type Failure, Skeleton } from "../ui/states.tsx";
import { BackAndCancel } from "./back-and-cancel.tsx";

export interface PlanWaitingProps {
  title: string;
  /** Why there is no plan; `null`: it is being made. */
  error: Failure | null;
  onRetry(): void;
  onBack?: (() => void) | undefined;
  onClose(): void;
}

/** The dialog before there is a plan to show. */
export function PlanWaiting({ title, error, onRetry, onBack, onClose }: PlanWaitingProps) {
  return (
    <Dialog title={title} onClose={onClose} footer={<BackAndCancel onBack={onBack} onCancel={onClose} />}>
      {error ? <ErrorState error={error} what="the plan" onRetry={onRetry} className="py-4" /> : <Skeleton lines={6} />}
    </Dialog>
  );
}
