import { AppError, isAppError } from "../domain/errors.ts";
import type { Fact } from "../domain/facts.ts";
import type { KeptReceipt } from "../sources/thread-contract.ts";
import type { JournalItem, JournalOperation, SettledItem } from "../state/journal.ts";
import type { OperationsContext } from "./context.ts";
import { type ChunkOutcome, wordsOf } from "./settle.ts";

const receiptIdOf = (operation: string, ord: number) => `${operation}-${ord}`;

/** Keeps receipts on disk, before the store changes. */
export function keepReceipts(
  { state, now, rules }: OperationsContext,
  operation: JournalOperation,
  receipts: readonly KeptReceipt[],
): void {
  const things = receipts.map((receipt) => ({ ...receipt, ord: Number(receipt.id.slice(operation.id.length + 1)) }));
  const coming = things.reduce((sum, { kept, bytes }) => sum + ("content" in kept ? bytes : 0), 0);
  if (state.trash.contentBytes() + coming > rules.quotaBytes) {
    throw new AppError("conflict", "The trash is full, so it was left where it is.", {
      remedy: "Put something back or empty a part of the trash, or raise TRIALDECK_TRASH_BYTES.",
    });
  }
  state.journal.keepReceipts(operation.id, operation.source, now(), things);
}

/** Sets a chunk of items aside, verifies it by reading again, and tells the catalog. */
export async function setAsideChunk(
  context: OperationsContext,
  operation: JournalOperation,
  chunk: readonly JournalItem[],
): Promise<ChunkOutcome> {
  const { sources, state } = context;
  const { id, source } = operation;
  const before = state.trash.find(
    id,
    chunk.map(({ ord }) => ord),
  );
  const named = await findNamed(context, operation, chunk);
  const asked = chunk.filter(({ ord }) => !named.has(ord));
  const settled: SettledItem[] = [...named].map(([ord, message]) => ({ ord, outcome: "conflict", message }));
  const spent: number[] = [];
  let unclear: ChunkOutcome["unclear"] = null;
  if (asked.length === 0) return { settled, spent: { operation: id, ords: spent, becomes: null }, unclear };

  const kind = asked[0]!.of;
  const requests = asked.map(({ ord, of, locator, token }) => ({
    of,
    locator,
    token,
    receiptId: receiptIdOf(id, ord),
    kept: before.get(ord),
  }));
  const outcomes = await sources.setAside(source, id, requests);
  const gone: JournalItem[] = [];
  const takenNow: JournalItem[] = [];
  asked.forEach((item, index) => {
    const answer = outcomes[index]!;
    // A receipt from before a crash: what it is of may have been taken by us already.
    const wasKept = before.has(item.ord);
    switch (answer.outcome) {
      case "set-aside":
        takenNow.push(item);
        break;
      case "gone":
        if (wasKept) takenNow.push(item);
        else {
          settled.push({ ord: item.ord, outcome: "gone", message: goneWords(context, source, item) });
          spent.push(item.ord);
        }
        gone.push(item);
        break;
      case "changed":
        settled.push({
          ord: item.ord,
          outcome: "conflict",
          message: wasKept
            ? "Something else stands there now and was left; what was planned is kept in the trash."
            : "It has changed since the plan was made and was left as it is.",
        });
        if (!wasKept) spent.push(item.ord);
        break;
      case "failed":
        settled.push({ ord: item.ord, outcome: "failed", message: wordsOf(answer.failure) });
        if (!wasKept) spent.push(item.ord);
        break;
      case "unknown":
        unclear = answer.failure;
    }
  });
  const verified = await Promise.all(takenNow.map((item) => verifyAbsent(context, source, item)));
  settled.push(...verified);
  // The sources' thread tells of what it has changed; that something was not there is news to the catalog as well.
  if (gone.length > 0)
    await context.tell(
      source,
      gone.map(({ subject }): Fact => ({ kind: "gone", of: kind, id: subject })),
    );
  return { settled, spent: { operation: id, ords: spent, becomes: null }, unclear };
}

/** Files that must stay: an entry that names them was left, or one names them by now. */
async function findNamed(
  { reader, state }: OperationsContext,
  { id, source }: JournalOperation,
  chunk: readonly JournalItem[],
): Promise<Map<number, string>> {
  const named = new Map<number, string>();
  const files = chunk.filter(({ of }) => of === "artifact");
  const taken = state.journal.taken(
    id,
    files.flatMap(({ holders }) => holders),
  );
  for (const { ord, subject, holders } of files) {
    if (holders.some((holder) => !taken.has(holder))) named.set(ord, "Kept, since an entry that names it was left.");
    else {
      // Who names it holds it, whoever may see that.
      const file = await reader.artifact(source, subject, { experiments: null });
      const isNamed = file !== null && (file.sharedBy > 0 || (holders.length === 0 && !file.orphan));
      if (isNamed) named.set(ord, "Kept, since something names it by now.");
    }
  }
  return named;
}

function goneWords({ state: { journal } }: OperationsContext, source: string, { locator }: JournalItem): string {
  const taker = journal.lastTaker(source, [locator]);
  if (!taker) return "It was not there any more: expired, or removed by someone else.";
  return `Already gone: taken out by ${taker.by} at ${new Date(taker.at).toISOString()}.`;
}

async function verifyAbsent(
  { sources }: OperationsContext,
  source: string,
  { ord, of, locator }: JournalItem,
): Promise<SettledItem> {
  const settled = (message: string): SettledItem => ({ ord, outcome: "deleted", message });
  try {
    const found =
      of === "entry" ? await sources.readRawEntry(source, locator) : await sources.statArtifact(source, locator);
    return settled(found === null ? "" : "Taken out; something has been written there anew since.");
  } catch (error) {
    return settled(
      isAppError(error) && error.code === "gone" ? "" : "Taken out; it could not be read again to verify.",
    );
  }
}
