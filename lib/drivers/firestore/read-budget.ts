import { AppError } from "../../domain/errors.ts";
import type { Millis } from "../../domain/values.ts";

const hourMs = 3_600_000;
/** Reads are kept by the quarter minute, and leave the count up to that much late. */
const stepMs = 15_000;

/** Counts documents read within a rolling hour. */
export interface ReadBudget {
  /** Takes up to `wanted` reads for a question, at least one; throws `too_many` when there are none. */
  take(wanted: number): number;
  /** Corrects what was taken, once it is known what the store counts. */
  settle(taken: number, used: number): void;
  /** Counts reads that nobody asked for: a watch goes on over the budget. */
  add(used: number): void;
  /** `read`: in all, since the budget was made. */
  state(): { read: number; used: number; most: number; freeAt: Millis | null };
}

export function createReadBudget(most: number, now: () => Millis = Date.now): ReadBudget {
  let steps: { at: Millis; reads: number }[] = [];
  let read = 0;

  function add(reads: number): void {
    read += reads;
    const at = Math.floor(now() / stepMs) * stepMs;
    const last = steps.at(-1);
    if (last?.at === at) last.reads += reads;
    else steps.push({ at, reads });
  }

  function used(): number {
    const oldest = now() - hourMs - stepMs;
    steps = steps.filter((step) => step.at > oldest);
    return steps.reduce((sum, step) => sum + step.reads, 0);
  }

  /** When enough has left the hour for a question; `null`: already. */
  function freeAt(): Millis | null {
    let left = used();
    if (left < most) return null;
    for (const step of steps) {
      left -= step.reads;
      if (left < most) return step.at + stepMs + hourMs;
    }
    return now() + hourMs;
  }

  return {
    take(wanted) {
      const left = most - used();
      if (left < 1) throw overBudget(most, freeAt());
      const taken = Math.max(1, Math.min(wanted, left));
      add(taken);
      return taken;
    },
    settle: (taken, counted) => add(counted - taken),
    add,
    state: () => ({ read, used: used(), most, freeAt: freeAt() }),
  };
}

function overBudget(most: number, freeAt: Millis | null): AppError {
  const until = freeAt === null ? "soon" : `at ${new Date(freeAt).toISOString().slice(11, 16)} UTC`;
  return new AppError("too_many", `firestore: ${most} documents were read within an hour, as many as may be`, {
    remedy: `Wait: reading goes on ${until}, and what is watched stays live. Or raise the source's reads an hour.`,
    details: { limit: most, freeAt: freeAt === null ? null : new Date(freeAt).toISOString() },
  });
}
