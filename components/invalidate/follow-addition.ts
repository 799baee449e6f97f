import type { QueryClient } from "@tanstack/react-query";
import type { Operation } from "../../lib/domain/operation.ts";
import { restoreOperation } from "../../lib/queries/operation-queries.ts";
import { formatPlural } from "../ui/format.ts";
import { showToast } from "../ui/toast.tsx";
import { otherwise, tellFailure, untilDone } from "./follow-operation.ts";

/** Tells at the corner what became of a revival or a longer life, with an Undo that stays. */
export function followAddition(client: QueryClient, id: string): void {
  void untilDone(client, id).then((operation) => {
    const done = doneOf(operation);
    if (done === 0) return void showToast("Nothing was changed. Operations says why.");
    const what = operation.kind === "revive" ? "revived" : "kept longer";
    showToast(`${formatPlural(done, "entry", "entries")} ${what}${otherwise(operation, done)}.`, {
      label: "Undo",
      onSelect: () => void undoAddition(client, id),
    });
  }, tellFailure);
}

/** Makes it as it was before, and tells what became of that. */
export async function undoAddition(client: QueryClient, operation: string): Promise<void> {
  try {
    const { operationId } = await restoreOperation({ operation });
    void untilDone(client, operationId).then((undo) => {
      const done = doneOf(undo);
      showToast(
        done === 0
          ? "Nothing was undone. Operations says why."
          : `Undone for ${formatPlural(done, "entry", "entries")}${otherwise(undo, done)}.`,
      );
    }, tellFailure);
  } catch (error) {
    tellFailure(error);
  }
}

function doneOf({ totals: { outcomes } }: Operation): number {
  return (outcomes.revived ?? 0) + (outcomes.extended ?? 0) + (outcomes.deleted ?? 0);
}
