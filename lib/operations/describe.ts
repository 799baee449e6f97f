import type { Operation, OperationItem } from "../domain/operation.ts";
import type { JournalItem, JournalOperation } from "../state/journal.ts";
import type { OperationsContext } from "./context.ts";
import { countUndoable } from "./undo.ts";

/** An operation as it is told. */
export function describeOperation(context: OperationsContext, operation: JournalOperation): Operation {
  const { state, rules } = context;
  const { id, kind, source, intent, status, by, at, finishedAt, ofOperation, problem } = operation;
  const { none = 0, ...outcomes } = state.journal.outcomes(id);
  const settled = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const trash = state.trash.totals(id);
  const isoOf = (millis: number | null) => (millis === null ? null : new Date(millis).toISOString());
  const waits = trash.items > 0;
  return {
    id,
    kind,
    source,
    intent,
    status,
    by,
    at: new Date(at).toISOString(),
    finishedAt: isoOf(finishedAt),
    ofOperation,
    totals: { items: settled + none, settled, outcomes, trashItems: trash.items, trashBytes: trash.bytes },
    restorableUntil: waits ? isoOf(at + rules.retentionMillis) : null,
    purgeableFrom: waits ? isoOf(at + rules.purgeAfterMillis) : null,
    undoable: countUndoable(context, operation) > 0,
    problem,
  };
}

export function describeItem(
  { state }: OperationsContext,
  operation: string,
  { ord, subject, of, key, process, step, bytes, outcome, message }: JournalItem,
): OperationItem {
  const inTrash = state.trash.holds(operation, ord);
  return { entryId: subject, of, key, process, step, bytes, outcome, message, inTrash };
}
