"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Operation } from "../../lib/domain/operation.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { formatPlural } from "../ui/format.ts";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import { ProgressLine } from "./progress-line.tsx";

/**
 * How it goes. Closing leaves it going on; when all went as planned it closes by itself, and a toast offers Undo. What had changed since it was planned
 * is left, and can be planned as it is now.
 */
export function OperationProgress({
  title,
  operation: id,
  onReplan,
  onClose,
}: {
  title: string;
  operation: string;
  onReplan(): void;
  onClose(): void;
}) {
  const query = useQuery(operationQueries.one(id));
  const operation = query.data;
  const done = operation?.status === "done" && didAll(operation);
  const left = operation && operation.status !== "running" ? (operation.totals.outcomes.conflict ?? 0) : 0;
  useEffect(() => {
    if (done) onClose();
  }, [done, onClose]);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          {left > 0 && <Button onClick={onReplan}>Plan again</Button>}
          <ButtonLink href={`/operations?open=${id}`}>Show in Operations</ButtonLink>
          <Button onClick={onClose} data-autofocus>
            Close
          </Button>
        </>
      }
    >
      {operation ? (
        <div className="flex flex-col gap-3">
          <ProgressLine operation={operation} />
          {left > 0 && (
            <p>
              {formatPlural(left, "thing")} had changed since the plan was made and stayed. Plan again to see what
              stands there now.
            </p>
          )}
        </div>
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
