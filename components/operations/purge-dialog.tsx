"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Operation } from "../../lib/domain/operation.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { ConfirmField } from "../invalidate/confirm-field.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { formatBytes, formatPlural } from "../ui/format.ts";
import { InlineError } from "../ui/states.tsx";

/** The one thing that has no way back, so the source's name is typed first. */
export function PurgeDialog({ operation, label, onClose }: { operation: Operation; label: string; onClose(): void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const purge = useMutation({
    ...operationQueries.purge(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: operationQueries.all() });
      onClose();
    },
  });
  const { trashItems, trashBytes } = operation.totals;
  return (
    <Dialog
      size="small"
      title="Purge"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            look="danger"
            disabled={typed !== label || purge.isPending}
            onClick={() => purge.mutate({ operation: operation.id, confirm: typed })}
          >
            Purge {formatPlural(trashItems, "thing")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          {formatPlural(trashItems, "thing")} ({formatBytes(trashBytes)}) in the trash will be discarded. Nothing brings
          them back.
        </p>
        <ConfirmField expected={label} typed={typed} onType={setTyped} />
        {purge.error && <InlineError error={purge.error} />}
      </div>
    </Dialog>
  );
}
