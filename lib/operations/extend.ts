import type { LifeOutcome } from "../contracts/changes.ts";
import type { LifeAsked } from "../sources/thread-contract.ts";
import type { JournalItem, JournalOperation, SettledItem } from "../state/journal.ts";
import type { OperationsContext } from "./context.ts";
import { type ChunkOutcome, wordsOf } from "./settle.ts";

/** Times in the catalog are to the minute where only the remaining life is told. */
const tolerance = 60_000;

/** Gives a chunk of entries another end of life, and verifies it by reading again. */
export async function extendChunk(
  context: OperationsContext,
  { id, source }: JournalOperation,
  chunk: readonly JournalItem[],
): Promise<ChunkOutcome> {
  const settled: SettledItem[] = [];
  const asked = chunk.filter((item) => {
    const { to } = lifeOf(item);
    const isOver = to !== null && to <= context.now();
    if (isOver)
      settled.push({
        ord: item.ord,
        outcome: "conflict",
        message: "That end is over: the store would remove it at once.",
      });
    return !isOver;
  });
  const outcomes =
    asked.length > 0
      ? await context.sources.setLives(
          source,
          asked.map((item): LifeAsked => ({ of: item.of, locator: item.locator, token: item.token, ...lifeOf(item) })),
        )
      : [];
  let unclear: ChunkOutcome["unclear"] = null;
  const ends = await readEnds(context, source, asked);
  asked.forEach((item, index) => {
    const answer = outcomes[index]!;
    if (answer.outcome === "unknown") unclear = answer.failure;
    else settled.push({ ord: item.ord, ...outcomeOf(answer, item, ends) });
  });
  return { settled, spent: { operation: id, ords: [], becomes: null }, unclear };
}

function lifeOf({ change }: JournalItem): { from: number | null; to: number | null } {
  if (change && "life" in change) return change.life;
  throw new TypeError("which end an entry is to have is not in the journal");
}

/** As they are told now: the sources' thread has read them again. */
async function readEnds({ reader }: OperationsContext, source: string, chunk: readonly JournalItem[]) {
  const entries = chunk.map(({ subject }) => subject);
  const scope = { experiments: null };
  const { items } = await reader.plannedEntries(source, {
    entries,
    scope,
    after: null,
    limit: Math.max(1, chunk.length),
  });
  return new Map(items.map(({ id, expiresAt }) => [id, expiresAt]));
}

function outcomeOf(
  answer: Exclude<LifeOutcome, { outcome: "unknown" }>,
  item: JournalItem,
  ends: ReadonlyMap<string, number | null>,
): Pick<SettledItem, "outcome" | "message"> {
  switch (answer.outcome) {
    case "set":
      return {
        outcome: "extended",
        message: isVerified(item, ends) ? "" : "Set; it could not be read again to verify.",
      };
    case "same":
      return { outcome: "extended", message: "It ends then already." };
    case "changed":
      return { outcome: "conflict", message: "It was written anew or given another end since, and was left as it is." };
    case "gone":
      return { outcome: "gone", message: "It was not there any more: expired, or removed by someone else." };
    case "failed":
      return { outcome: "failed", message: wordsOf(answer.failure) };
    default:
      throw new TypeError("an answer that is not certain settles nothing");
  }
}

function isVerified(item: JournalItem, ends: ReadonlyMap<string, number | null>): boolean {
  const { to } = lifeOf(item);
  const end = ends.get(item.subject);
  if (end === undefined) return false;
  return end === null || to === null ? end === to : Math.abs(end - to) <= tolerance;
}
