"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import type { Operation } from "../../lib/domain/operation.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { undoAddition } from "../invalidate/follow-addition.ts";
import { putBack } from "../invalidate/follow-operation.ts";
import { titleOfOperation } from "../invalidate/intents.ts";
import { ProgressLine } from "../invalidate/progress-line.tsx";
import { useRole } from "../invalidate/use-role.ts";
import { Button } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { Fact, Facts, SidePanel } from "../ui/side-panel.tsx";
import { ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { Bytes, RelativeTime } from "../ui/values.tsx";
import { OperationItems } from "./operation-items.tsx";
import { PurgeDialog } from "./purge-dialog.tsx";

export interface OperationPanelProps {
  id: string;
  labelOf(source: string): string;
  onClose(): void;
}

/** One operation: how it stands, what became of each item, and what can be done about it. */
export function OperationPanel({ id, labelOf, onClose }: OperationPanelProps) {
  const query = useQuery(operationQueries.one(id));
  const operation = query.data;
  return (
    <SidePanel
      label="Selected operation"
      title={operation ? titleOfOperation(operation) : "Operation"}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 p-4">
        {operation ? (
          <OperationView operation={operation} label={labelOf(operation.source)} />
        ) : query.error ? (
          <ErrorState error={query.error} what="this operation" onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton lines={6} />
        )}
      </div>
    </SidePanel>
  );
}

function OperationView({ operation, label }: { operation: Operation; label: string }) {
  const { id, totals, ofOperation } = operation;
  return (
    <>
      <ProgressLine operation={operation} />
      <OperationActions operation={operation} label={label} />
      <Facts>
        <Fact name="Source">
          <NameText name={label} />
        </Fact>
        <Fact name="By">
          <NameText name={operation.by} />
        </Fact>
        <Fact name="Begun">
          <RelativeTime at={operation.at} />
        </Fact>
        <Fact name="Ended">
          <RelativeTime at={operation.finishedAt} />
        </Fact>
        {ofOperation && (
          <Fact name="Of">
            <Link href={`/operations?open=${ofOperation}`} prefetch={false}>
              {operation.kind === "restore" || operation.kind === "purge" ? "this invalidation" : "this operation"}
            </Link>
          </Fact>
        )}
        {totals.trashItems > 0 && (
          <>
            <Fact name="In the trash">
              {formatCount(totals.trashItems)}, <Bytes value={totals.trashBytes} />
            </Fact>
            <Fact name="Kept until">
              <RelativeTime at={operation.restorableUntil} />
            </Fact>
          </>
        )}
      </Facts>
      <OperationItems id={id} />
    </>
  );
}

function OperationActions({ operation, label }: { operation: Operation; label: string }) {
  const client = useQueryClient();
  const [purging, setPurging] = useState(false);
  const role = useRole(operation.source);
  const refresh = () => client.invalidateQueries({ queryKey: operationQueries.all() });
  const restore = useMutation({
    mutationFn: () => putBack(client, operation.id),
    onSettled: refresh,
  });
  const undo = useMutation({
    mutationFn: () => undoAddition(client, operation.id),
    onSettled: refresh,
  });
  const cancel = useMutation({ ...operationQueries.cancel(), onSettled: refresh });
  const { status, totals, purgeableFrom } = operation;
  if (role === "viewer") {
    if (totals.trashItems === 0 && !operation.undoable) return null;
    return <p className="text-label text-quiet">Putting back takes the role operator.</p>;
  }
  if (status === "running")
    return (
      <>
        <div>
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate(operation.id)}>
            Cancel what is left
          </Button>
        </div>
        {cancel.error && <InlineError error={cancel.error} />}
      </>
    );
  if (operation.undoable)
    return (
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" disabled={undo.isPending} onClick={() => undo.mutate()}>
          Undo
        </Button>
        <span className="text-label text-quiet">Only what is still as this operation left it is changed back.</span>
      </div>
    );
  if (totals.trashItems === 0) return null;
  const isOld = purgeableFrom !== null && Date.parse(purgeableFrom) <= Date.now();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button look="primary" disabled={restore.isPending} onClick={() => restore.mutate()}>
        Put back
      </Button>
      {role === "admin" && (
        <Button disabled={!isOld} onClick={() => setPurging(true)}>
          Purge…
        </Button>
      )}
      {role === "admin" && !isOld && (
        <span className="text-label text-quiet">
          Can be purged <RelativeTime at={purgeableFrom} />
        </span>
      )}
      {purging && <PurgeDialog operation={operation} label={label} onClose={() => setPurging(false)} />}
    </div>
  );
}
