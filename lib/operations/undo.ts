import { randomBytes } from "node:crypto";
import { AppError } from "../domain/errors.ts";
import type { OperationKind } from "../domain/operation.ts";
import type { JournalItem, JournalOperation, NewItem, SettledItem } from "../state/journal.ts";
import type { OperationsContext } from "./context.ts";

const undoings: Partial<Record<OperationKind, { kind: OperationKind; outcome: JournalItem["outcome"] }>> = {
  revive: { kind: "invalidate", outcome: "revived" },
  extend: { kind: "extend", outcome: "extended" },
};

/** True for what takes nothing out: there is nothing in the trash to put back, and it is undone by its opposite. */
export function isAddition({ kind }: Pick<JournalOperation, "kind">): boolean {
  return undoings[kind] !== undefined;
}

/** How many things of it are still as it made them, as far as is known here. */
export function countUndoable({ state }: OperationsContext, { id, kind, status }: JournalOperation): number {
  const outcome = undoings[kind]?.outcome;
  return outcome && status !== "running" ? (state.journal.outcomes(id)[outcome] ?? 0) : 0;
}

/**
 * Begins undoing: what was revived is taken out if it is still exactly that, as with any invalidation; what was kept longer gets its earlier end back.
 * Throws `gone` where nothing is left to undo.
 */
export function beginUndo(
  { state: { journal }, rules, now }: OperationsContext,
  by: string,
  original: JournalOperation,
  wanted: readonly string[] | undefined,
  idempotencyKey: string,
): JournalOperation {
  const { kind, outcome } = undoings[original.kind]!;
  const chosen = wanted && new Set(wanted);
  const items = journal
    .items(original.id, -1, rules.mostItems)
    .filter((item) => item.outcome === outcome && (!chosen || chosen.has(item.subject)))
    .map(({ ord, outcome: _outcome, message: _message, change, ...item }): NewItem => {
      const life = change && "life" in change ? { life: { from: change.life.to, to: change.life.from } } : null;
      return { ...item, ofItem: ord, change: life };
    });
  if (items.length === 0)
    throw new AppError("gone", "Nothing of this is left to undo.", {
      remedy: "It was undone already; the operation's items say which.",
    });
  const id = randomBytes(10).toString("hex");
  const { source, identity, intent } = original;
  const at = now();
  journal.begin(
    { id, kind, source, intent, by, at, identity, plan: null, ofOperation: original.id, idempotencyKey },
    items,
    { at, by, action: "undo", source, subject: id, result: `begun, ${items.length} items of ${original.id}` },
  );
  return journal.find(id)!;
}

const asBefore: ReadonlySet<JournalItem["outcome"]> = new Set(["deleted", "gone", "extended"]);

/** Items of the operation that this one undoes which are as before it by now. */
export function undoneBy(
  { kind, ofOperation }: JournalOperation,
  chunk: readonly JournalItem[],
  settled: readonly SettledItem[],
): { operation: string; ords: number[] } | undefined {
  if (ofOperation === null || (kind !== "invalidate" && kind !== "extend")) return undefined;
  const done = new Set(settled.filter(({ outcome }) => asBefore.has(outcome)).map(({ ord }) => ord));
  const ords = chunk.flatMap(({ ord, ofItem }) => (done.has(ord) && ofItem !== null ? [ofItem] : []));
  return { operation: ofOperation, ords };
}
