import { randomBytes } from "node:crypto";
import { AppError } from "../domain/errors.ts";
import type { OperationKind } from "../domain/operation.ts";
import type { JournalItem, JournalOperation, NewItem, SettledItem } from "../state/journal.ts";
import type { TrashedThing } from "../state/trash.ts";
import { findBegun } from "./apply.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { requireIdentity, requireRole, settingRefusal } from "./guard.ts";
import { type ChunkOutcome, wordsOf } from "./settle.ts";
import { beginUndo, isAddition } from "./undo.ts";

export interface TrashRequest {
  /** Ids of entries and files; absent: all that is in the trash. */
  items?: readonly string[] | undefined;
}

/** Begins putting back what an operation set aside, or undoing what one gave. */
export async function beginRestore(
  context: OperationsContext,
  actor: Actor,
  operationId: string,
  request: TrashRequest,
  idempotencyKey: string,
): Promise<JournalOperation> {
  const original = findSeenOperation(context, actor, operationId);
  requireRole(actor, original.source, "operator", "Putting things back");
  const findIt = () =>
    findBegun(
      context,
      actor,
      idempotencyKey,
      ({ kind, ofOperation }) => kind !== "purge" && ofOperation === operationId,
    );
  const begun = findIt();
  if (begun) return begun;
  const refusal = settingRefusal(context, original.source);
  if (refusal) throw refusal;
  await requireIdentity(context, original.source, original.identity);
  const begunMeanwhile = findIt();
  if (begunMeanwhile) return begunMeanwhile;
  if (isAddition(original)) return beginUndo(context, actor.name, original, request.items, idempotencyKey);
  // The other way round: files come back before the entries that name them.
  return beginOnTrash(context, actor.name, "restore", original, request, idempotencyKey, (items) => items.reverse());
}

/** Throws `not_found`. */
export function findOperation({ state: { journal } }: OperationsContext, id: string): JournalOperation {
  const operation = journal.find(id);
  if (operation) return operation;
  throw noOperation();
}

function noOperation(): AppError {
  return new AppError("not_found", "There is no such operation.", { remedy: "Operations lists them all." });
}

/** Throws `not_found`, also for one that this person may not see. */
export function findSeenOperation(context: OperationsContext, actor: Actor, id: string): JournalOperation {
  const operation = context.state.journal.find(id);
  if (operation && context.state.reach.isSeen(actor, operation.source, id)) return operation;
  throw noOperation();
}

/** Begins an operation on what is in the trash of another. Throws `gone` when nothing of it is. */
export function beginOnTrash(
  context: OperationsContext,
  by: string,
  kind: Extract<OperationKind, "restore" | "purge">,
  original: JournalOperation,
  { items: wanted }: TrashRequest,
  idempotencyKey: string,
  order: (items: NewItem[]) => NewItem[] = (items) => items,
): JournalOperation {
  const { journal, trash } = context.state;
  const waiting = new Set(trash.ords(original.id));
  const chosen = wanted && new Set(wanted);
  const all = journal.items(original.id, -1, context.rules.mostItems);
  const items = all
    .filter(({ ord, subject }) => waiting.has(ord) && (!chosen || chosen.has(subject)))
    .map(({ ord, outcome: _outcome, message: _message, ...item }): NewItem => ({ ...item, ofItem: ord }));
  if (items.length === 0)
    throw new AppError("gone", "Nothing of this is in the trash any more.", {
      remedy: "It was put back or discarded; the operation's items say which.",
    });
  const id = randomBytes(10).toString("hex");
  const { source, identity } = original;
  const at = context.now();
  journal.begin(
    { id, kind, source, intent: null, by, at, identity, plan: null, ofOperation: original.id, idempotencyKey },
    order(items),
    { at, by, action: kind, source, subject: id, result: `begun, ${items.length} items of ${original.id}` },
  );
  return journal.find(id)!;
}

/** Puts a chunk of items back where nothing stands. */
export async function putBackChunk(
  context: OperationsContext,
  operation: JournalOperation,
  chunk: readonly JournalItem[],
): Promise<ChunkOutcome> {
  const { sources, state } = context;
  const { id, source } = operation;
  const original = operation.ofOperation!;
  const naming = state.journal.namingFailed(id);
  const { held, settled } = findHeld(context, original, chunk);
  const asked = held.filter(({ item }) => {
    if (item.of !== "entry" || !naming.has(item.subject)) return true;
    settled.push({
      ord: item.ord,
      outcome: "failed",
      message: "Left in the trash, since a file that it names could not be put back.",
    });
    return false;
  });
  const outcomes =
    asked.length > 0
      ? await sources.putBack(
          source,
          asked.map(({ thing }) => thing),
        )
      : [];
  const back: JournalItem[] = [];
  let unclear: ChunkOutcome["unclear"] = null;
  asked.forEach(({ item }, index) => {
    const answer = outcomes[index]!;
    const settle = (outcome: SettledItem["outcome"], message: string) =>
      settled.push({ ord: item.ord, outcome, message });
    switch (answer.outcome) {
      case "restored":
      case "same":
        back.push(item);
        settle("restored", answer.outcome === "same" ? "Equal content stood there already." : "");
        break;
      case "different":
        settle("recreated", "Something else came meanwhile and stays; what was set aside is kept in the trash.");
        break;
      case "lost":
        settle("failed", "What was set aside is not where it was put.");
        break;
      case "failed":
        settle("failed", wordsOf(answer.failure));
        break;
      case "unknown":
        unclear = answer.failure;
    }
  });
  return {
    settled,
    spent: { operation: original, ords: back.map(({ ofItem }) => ofItem!), becomes: "restored" },
    unclear,
  };
}

/** The items of a chunk with what waits of them; the others are settled. */
export function findHeld(
  { state: { trash } }: OperationsContext,
  original: string,
  chunk: readonly JournalItem[],
): { held: { item: JournalItem; thing: TrashedThing }[]; settled: SettledItem[] } {
  const things = trash.find(
    original,
    chunk.map(({ ofItem }) => ofItem!),
  );
  const held: { item: JournalItem; thing: TrashedThing }[] = [];
  const settled: SettledItem[] = [];
  for (const item of chunk) {
    const thing = things.get(item.ofItem!);
    if (thing) held.push({ item, thing });
    else settled.push({ ord: item.ord, outcome: "gone", message: "It was not in the trash any more." });
  }
  return { held, settled };
}
