"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Operation } from "../../lib/domain/operation.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import { ProgressLine } from "./progress-line.tsx";

/** How it goes. Closing leaves it going on; when all went as planned it closes by itself, and a toast offers Undo. */
export function OperationProgress({
  title,
  operation: id,
  onClose,
}: {
  title: string;
  operation: string;
  onClose(): void;
}) {
  const query = useQuery(operationQueries.one(id));
  const operation = query.data;
  const done = operation?.status === "done" && didAll(operation);
  useEffect(() => {
    if (done) onClose();
  }, [done, onClose]);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <ButtonLink href={`/operations?open=${id}`}>Show in Operations</ButtonLink>
          <Button onClick={onClose} data-autofocus>
            Close
          </Button>
        </>
      }
    >
      {operation ? (
        <ProgressLine operation={operation} />
      ) : query.error ? (
        <ErrorState error={query.error} what="the operation" onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={2} />
      )}
    </Dialog>
  );
}

/** Each item came out as it was meant to. */
function didAll({ totals: { outcomes, items } }: Operation): boolean {
  return [outcomes.deleted, outcomes.revived, outcomes.extended].includes(items);
}
