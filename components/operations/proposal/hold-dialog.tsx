"use client";
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { type PlanPlace, proposalQueries } from "../../../lib/queries/proposal-queries.ts";
import { BackAndCancel } from "../../invalidate/back-and-cancel.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatPlural } from "../../ui/format.ts";
import { TextArea } from "../../ui/input.tsx";
import { InlineError } from "../../ui/states.tsx";

export interface HoldDialogProps {
  place: PlanPlace;
  items: readonly string[];
  onHeld(): void;
  onClose(): void;
}

/** Asks why rows must stay: others read it before they ask to have them released. */
export function HoldDialog({ place, items, onHeld, onClose }: HoldDialogProps) {
  const id = useId();
  const [reason, setReason] = useState("");
  const hold = useMutation({ ...proposalQueries.hold(place), onSuccess: onHeld });
  return (
    <Dialog
      size="small"
      title={`Hold back ${formatPlural(items.length, "row")}`}
      onClose={onClose}
      footer={
        <>
          <BackAndCancel onCancel={onClose} />
          <Button
            look="primary"
            disabled={reason.trim() === "" || hold.isPending}
            onClick={() => hold.mutate({ items, reason })}
          >
            Hold back
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <label htmlFor={id} className="flex flex-col gap-1">
          Why must it stay?
          <TextArea
            id={id}
            rows={3}
            maxLength={1_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {hold.error && <InlineError error={hold.error} />}
      </div>
    </Dialog>
  );
}
