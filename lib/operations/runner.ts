import { setTimeout as delay } from "node:timers/promises";
import { AppError, isAppError } from "../domain/errors.ts";
import type { OperationStatus } from "../domain/operation.ts";
import type { KeptReceipt } from "../sources/thread-contract.ts";
import type { JournalItem, JournalOperation } from "../state/journal.ts";
import type { OperationsContext } from "./context.ts";
import { extendChunk } from "./extend.ts";
import { discardChunk } from "./purge.ts";
import { putBackChunk } from "./restore.ts";
import { reviveChunk } from "./revive.ts";
import { keepReceipts, setAsideChunk } from "./set-aside.ts";
import { type ChunkOutcome, wordsOf } from "./settle.ts";
import { undoneBy } from "./undo.ts";

const chunkSize = 200;
const firstPauseMillis = 250;
const longestPauseMillis = 5_000;
/** The store may answer later. */
const passing: ReadonlySet<string> = new Set(["source_unavailable", "source_timeout", "internal", "too_many"]);
/** An unexpected failure that comes again as often does not pass by itself. */
const mostUnexpected = 12;

/** Does what the journal says is to be done, in the order in which it was begun, one operation of a source at a time. */
export interface Runner {
  start(operation: JournalOperation): void;
  keepReceipts(operation: string, receipts: readonly KeptReceipt[]): void;
  /** The source can be asked again: what waits for it goes on at once. */
  wake(source: string): void;
  /** Ends between two chunks; what is left goes on with the next start. */
  stop(): Promise<void>;
}

export function createRunner(context: OperationsContext): Runner {
  const { journal } = context.state;
  const stopping = new AbortController();
  const queues = new Map<string, Promise<void>>();
  const pauses = new Map<string, AbortController>();

  const doChunk = (operation: JournalOperation, chunk: readonly JournalItem[]): Promise<ChunkOutcome> => {
    switch (operation.kind) {
      case "invalidate":
        return setAsideChunk(context, operation, chunk);
      case "restore":
        return putBackChunk(context, operation, chunk);
      case "purge":
        return discardChunk(context, operation, chunk);
      case "revive":
        return reviveChunk(context, operation, chunk);
      case "extend":
        return extendChunk(context, operation, chunk);
    }
  };

  /** Answers why the chunk is to be asked again; `null`: it is settled. */
  const step = async (operation: JournalOperation, chunk: readonly JournalItem[]): Promise<AppError | null> => {
    const outcome = await doChunk(operation, chunk).catch((error: unknown): ChunkOutcome => {
      const spent = { operation: operation.id, ords: [], becomes: null };
      if (isAppError(error) && passing.has(error.code)) return { settled: [], spent, unclear: error };
      const message = error instanceof Error ? wordsOf(error) : String(error);
      if (!isAppError(error)) context.log("warn", `An operation could not be done: ${message}`);
      return { settled: chunk.map(({ ord }) => ({ ord, outcome: "failed", message })), spent, unclear: null };
    });
    settle(operation, chunk, outcome);
    return outcome.unclear;
  };

  const settle = (operation: JournalOperation, chunk: readonly JournalItem[], { settled, spent }: ChunkOutcome) => {
    const keys = new Map(chunk.map(({ ord, key }) => [ord, key]));
    const { id, by, source, kind } = operation;
    const at = context.now();
    const notes = settled.map(({ ord, outcome, message }) => ({
      at,
      by,
      action: `${kind} item`,
      source,
      subject: `${id} ${keys.get(ord)}`,
      result: message ? `${outcome}: ${message}` : outcome,
    }));
    journal.settle(id, settled, spent, notes, undoneBy(operation, chunk, settled));
  };

  const run = async (id: string) => {
    for (let pause = firstPauseMillis, unexpected = 0; !stopping.signal.aborted; ) {
      const operation = journal.find(id)!;
      const open = journal.unsettled(id, chunkSize);
      // Entries and files apart: files depend on what became of the entries that name them.
      const chunk = open.filter(({ of }) => of === open[0]?.of);
      if (chunk.length === 0) return finish(operation);
      if (operation.cancelledBy) {
        leave(operation, chunk, `Not done: cancelled by ${operation.cancelledBy}.`);
        continue;
      }
      const unclear = await step(operation, chunk);
      if (stopping.signal.aborted) return;
      unexpected = unclear?.code === "internal" ? unexpected + 1 : 0;
      if (unclear && unexpected >= mostUnexpected) {
        leave(operation, journal.unsettled(id, chunk.length), wordsOf(unclear));
      } else if (unclear) {
        journal.wait(id, wordsOf(unclear));
        context.onOperation(operation.source, id);
        const isWoken = await rest(operation.source, pause);
        pause = isWoken ? firstPauseMillis : Math.min(2 * pause, longestPauseMillis);
      } else {
        if (operation.problem) journal.wait(id, null);
        pause = firstPauseMillis;
        context.onOperation(operation.source, id);
      }
    }
  };

  /** Waits so long, or until woken or stopped. */
  const rest = async (source: string, millis: number): Promise<boolean> => {
    const woken = new AbortController();
    pauses.set(source, woken);
    await delay(millis, undefined, { signal: AbortSignal.any([stopping.signal, woken.signal]) }).catch(() => undefined);
    pauses.delete(source);
    return woken.signal.aborted;
  };

  /** What a receipt was kept of may have been taken. */
  const leave = (operation: JournalOperation, chunk: readonly JournalItem[], message: string) => {
    const settled = chunk.map(({ ord }) => ({
      ord,
      outcome: context.state.trash.holds(operation.id, ord) ? ("unknown" as const) : ("failed" as const),
      message,
    }));
    settle(operation, chunk, { settled, spent: { operation: operation.id, ords: [], becomes: null }, unclear: null });
  };

  const finish = (operation: JournalOperation) => {
    const { id, by, source, kind } = operation;
    const status = statusOf(journal.outcomes(id));
    journal.finish(id, status, { at: context.now(), by, action: kind, source, subject: id, result: status });
    context.onOperation(source, id);
  };

  return {
    start({ id, source }) {
      const before = queues.get(source) ?? Promise.resolve();
      const work = before
        .then(() => run(id))
        .catch((error: unknown) => context.log("warn", `The operation ${id} stopped: ${String(error)}`));
      queues.set(source, work);
      context.onOperation(source, id);
    },
    keepReceipts(id, receipts) {
      const operation = journal.find(id);
      // Who asks changes the store next: what is not kept must stop it.
      if (!operation) throw new AppError("internal", "Receipts came of an operation that the journal does not know.");
      keepReceipts(context, operation, receipts);
    },
    wake: (source) => pauses.get(source)?.abort(),
    async stop() {
      stopping.abort();
      await Promise.all(queues.values());
    },
  };
}

const done: ReadonlySet<string> = new Set(["deleted", "restored", "purged", "revived", "extended", "undone", "gone"]);

function statusOf(outcomes: Readonly<Record<string, number>>): OperationStatus {
  const names = Object.keys(outcomes);
  if (names.every((name) => done.has(name))) return "done";
  return names.some((name) => done.has(name)) ? "partial" : "failed";
}
