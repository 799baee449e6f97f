import type { ReviveOutcome } from "../contracts/revive.ts";
import { isAppError } from "../domain/errors.ts";
import type { ReviveAsked } from "../sources/thread-contract.ts";
import type { JournalItem, JournalOperation, SettledItem } from "../state/journal.ts";
import type { OperationsContext } from "./context.ts";
import { type ChunkOutcome, wordsOf } from "./settle.ts";

/** Writes a chunk of entries anew where nothing stands, and verifies it by reading again. */
export async function reviveChunk(
  context: OperationsContext,
  { id, source }: JournalOperation,
  chunk: readonly JournalItem[],
): Promise<ChunkOutcome> {
  const outcomes = await context.sources.revive(
    source,
    chunk.map((item) => askedOf(id, item)),
  );
  let unclear: ChunkOutcome["unclear"] = null;
  const settled = await Promise.all(
    chunk.map((item, index) => {
      const answer = outcomes[index]!;
      if (answer.outcome === "unknown") unclear = answer.failure;
      return settle(context, source, item, answer);
    }),
  );
  const known = settled.filter((one) => one !== null);
  return { settled: known, spent: { operation: id, ords: [], becomes: null }, unclear };
}

function askedOf(operation: string, { ord, process, step, locator, token, change }: JournalItem): ReviveAsked {
  if (!change || !("revive" in change) || process === null)
    throw new TypeError("what an entry is to be made of is not in the journal");
  const { experimentName, runName, at } = change.revive;
  return { experimentName, runNames: [runName], process, step, at, locator, token, receiptId: `${operation}-${ord}` };
}

/** `null`: not settled, the store did not say. */
async function settle(
  context: OperationsContext,
  source: string,
  { ord, locator }: JournalItem,
  answer: ReviveOutcome,
): Promise<SettledItem | null> {
  switch (answer.outcome) {
    case "revived":
      return { ord, outcome: "revived", message: await sayVerified(context, source, locator) };
    case "same":
      return { ord, outcome: "revived", message: "Equal content stood there already." };
    case "different":
      return { ord, outcome: "recreated", message: "Another entry stands there by now and was left as it is." };
    case "changed":
      return {
        ord,
        outcome: "conflict",
        message: "The record that it is made of has changed since the plan was made.",
      };
    case "refused":
      return { ord, outcome: "failed", message: answer.why };
    case "failed":
      return { ord, outcome: "failed", message: wordsOf(answer.failure) };
    case "unknown":
      return null;
  }
}

async function sayVerified({ sources }: OperationsContext, source: string, locator: string): Promise<string> {
  try {
    await sources.readRawEntry(source, locator);
    return "";
  } catch (error) {
    const isGone = isAppError(error) && error.code === "gone";
    return isGone ? "Written, and gone again when it was read." : "Written; it could not be read again to verify.";
  }
}
