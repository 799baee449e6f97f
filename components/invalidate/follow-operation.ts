import { isCancelledError, type QueryClient } from "@tanstack/react-query";
import type { Operation } from "../../lib/domain/operation.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { operationQueries, restoreOperation } from "../../lib/queries/operation-queries.ts";
import { formatPlural } from "../ui/format.ts";
import { showToast } from "../ui/toast.tsx";

const pauseMillis = 400;

/** Waits for the end of an operation, whether a page shows it or not. */
export async function untilDone(client: QueryClient, id: string): Promise<Operation> {
  for (;;) {
    const operation = await client.fetchQuery({ ...operationQueries.one(id), staleTime: 0 }).catch(passCancelled);
    if (operation && operation.status !== "running") {
      // Tables hold their rows still against live events; this change is the reader's own.
      await client.invalidateQueries({ queryKey: cacheQueries.lists() });
      return operation;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMillis));
  }
}

/** A page that showed it too has gone, and its question with it. */
function passCancelled(error: unknown): null {
  if (isCancelledError(error)) return null;
  throw error;
}

/** Tells at the corner what became of an invalidation, with an Undo that stays. */
export function followInvalidation(client: QueryClient, id: string): void {
  void untilDone(client, id).then((operation) => {
    const taken = operation.totals.outcomes.deleted ?? 0;
    if (taken === 0) return void showToast("Nothing was taken out. Operations says why.");
    showToast(`${formatPlural(taken, "thing")} taken out${otherwise(operation, taken)}.`, {
      label: "Undo",
      onSelect: () => void putBack(client, id),
    });
  }, tellFailure);
}

/** Puts back what an operation set aside, and tells what became of it. */
export async function putBack(client: QueryClient, operation: string, items?: readonly string[]): Promise<void> {
  try {
    const { operationId } = await restoreOperation({ operation, ...(items && { items }) });
    followRestore(client, operationId);
  } catch (error) {
    tellFailure(error);
  }
}

function followRestore(client: QueryClient, id: string): void {
  void untilDone(client, id).then((operation) => {
    const back = operation.totals.outcomes.restored ?? 0;
    showToast(
      back === 0
        ? "Nothing was put back. Operations says why."
        : `${formatPlural(back, "thing")} put back${otherwise(operation, back)}.`,
    );
  }, tellFailure);
}

export function otherwise({ totals }: Operation, done: number): string {
  return totals.items > done ? `, ${formatPlural(totals.items - done, "other")} not: see Operations` : "";
}

export function tellFailure(error: unknown): void {
  showToast(error instanceof Error ? error.message : "The server does not answer.");
}
