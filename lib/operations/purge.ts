import { AppError } from "../domain/errors.ts";
import type { JournalItem, JournalOperation } from "../state/journal.ts";
import { findBegun } from "./apply.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { requireConfirmation, requireRole, settingRefusal } from "./guard.ts";
import { beginOnTrash, findHeld, findOperation, findSeenOperation, type TrashRequest } from "./restore.ts";
import { type ChunkOutcome, wordsOf } from "./settle.ts";

export interface PurgeRequest extends TrashRequest {
  /** The source's name: nothing brings back what is purged. */
  confirm?: string | undefined;
}

/** Begins discarding for good what an operation set aside. */
export function beginPurge(
  context: OperationsContext,
  actor: Actor,
  operationId: string,
  request: PurgeRequest,
  idempotencyKey: string,
): JournalOperation {
  const original = findSeenOperation(context, actor, operationId);
  requireRole(actor, original.source, "admin", "Emptying the trash");
  const begun = findBegun(
    context,
    actor,
    idempotencyKey,
    ({ kind, ofOperation }) => kind === "purge" && ofOperation === operationId,
  );
  if (begun) return begun;
  const refusal = settingRefusal(context, original.source);
  if (refusal) throw refusal;
  const from = original.at + context.rules.purgeAfterMillis;
  if (context.now() < from)
    throw new AppError("conflict", `This can be purged from ${new Date(from).toISOString()} on.`, {
      remedy: "Until then it can only be put back; TRIALDECK_PURGE_AFTER_HOURS sets how long that is.",
    });
  requireConfirmation(context.sourceOf(original.source).label, request.confirm);
  return beginOnTrash(context, actor.name, "purge", original, request, idempotencyKey);
}

/** Begins discarding what has waited longer than the retention. */
export function beginExpiredPurges(context: OperationsContext): JournalOperation[] {
  const { journal, trash } = context.state;
  const ending = new Set(journal.running().map(({ ofOperation }) => ofOperation));
  return trash
    .keptBefore(context.now() - context.rules.retentionMillis)
    .filter((id) => !ending.has(id))
    .map((id) => findOperation(context, id))
    .filter(({ source }) => mayChange(context, source))
    .map((original) => beginOnTrash(context, "retention", "purge", original, {}, `${original.id} ${context.now()}`));
}

function mayChange(context: OperationsContext, source: string): boolean {
  try {
    return settingRefusal(context, source) === null;
  } catch {
    // It is not configured any more.
    return false;
  }
}

/** Discards a chunk of items. */
export async function discardChunk(
  context: OperationsContext,
  operation: JournalOperation,
  chunk: readonly JournalItem[],
): Promise<ChunkOutcome> {
  const original = operation.ofOperation!;
  const { held, settled } = findHeld(context, original, chunk);
  const receipts = held.map(({ thing }) => thing);
  const outcomes = receipts.length > 0 ? await context.sources.discard(operation.source, receipts) : [];
  const spent: number[] = [];
  let unclear: ChunkOutcome["unclear"] = null;
  held.forEach(({ item }, index) => {
    const answer = outcomes[index]!;
    if (answer.outcome === "unknown") unclear = answer.failure;
    else if (answer.outcome === "failed")
      settled.push({ ord: item.ord, outcome: "failed", message: wordsOf(answer.failure) });
    else {
      settled.push({ ord: item.ord, outcome: "purged", message: "" });
      spent.push(item.ofItem!);
    }
  });
  return { settled, spent: { operation: original, ords: spent, becomes: "purged" }, unclear };
}
