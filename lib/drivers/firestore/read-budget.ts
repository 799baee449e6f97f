import { AppError } from "../../domain/errors.ts";
import type { Millis } from "../../domain/values.ts";

const hourMs = 3_600_000;
/** Reads are kept by the quarter minute, and leave the count up to that much late. */
const stepMs = 15_000;
/** This share of the reads is kept back for what a person waits for. */
const keptShare = 0.1;

/** Documents read within a quarter minute. */
export interface ReadStep {
  at: Millis;
  reads: number;
}

/** Counts documents read within a rolling hour. */
export interface ReadBudget {
  /** Reads that are left, with that `share` of what is kept back. */
  left(share: number): number;
  /** Takes up to `wanted` reads for a question, at least one, of what is kept back only that `share`; throws `too_many` when there are none. */
  take(wanted: number, share?: number): number;
  /** Corrects what was taken, once it is known what the store counts. */
  settle(taken: number, used: number): void;
  /** Counts reads that nobody asked for: a watch goes on over the budget. */
  add(used: number): void;
  /** `read`: in all, since the budget was made. */
  state(): { read: number; used: number; most: number; freeAt: Millis | null };
  /** The reads of the last hour, for a budget that goes on where this one ends. */
  steps(): ReadStep[];
}

/** `past`: the reads of the last hour that came before. */
export function createReadBudget(
  most: number,
  now: () => Millis = Date.now,
  past: readonly ReadStep[] = [],
): ReadBudget {
  const kept = Math.floor(most * keptShare);
  let steps: ReadStep[] = past.map(({ at, reads }) => ({ at, reads }));
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

  /** When enough has left the hour for a question that may use so many; `null`: already. */
  function freeAt(allowed: number): Millis | null {
    let left = used();
    if (left < allowed) return null;
    for (const step of steps) {
      left -= step.reads;
      if (left < allowed) return step.at + stepMs + hourMs;
    }
    return now() + hourMs;
  }

  const allowedWith = (share: number) => most - Math.ceil(kept * (1 - share));

  return {
    left: (share) => allowedWith(share) - used(),
    take(wanted, share = 0) {
      const allowed = allowedWith(share);
      const left = allowed - used();
      if (left < 1) throw overBudget(allowed, most, freeAt(allowed));
      const taken = Math.max(1, Math.min(wanted, left));
      add(taken);
      return taken;
    },
    settle: (taken, counted) => add(counted - taken),
    add,
    state: () => ({ read, used: used(), most, freeAt: freeAt(most - kept) }),
    steps() {
      used();
      return steps;
    },
  };
}

function overBudget(allowed: number, most: number, freeAt: Millis | null): AppError {
  const until = freeAt === null ? "soon" : `at ${new Date(freeAt).toISOString().slice(11, 16)} UTC`;
  const kept = allowed < most ? `; the rest of ${most} is kept for what is opened` : "";
  return new AppError(
    "too_many",
    `firestore: ${allowed} documents were read within an hour, as many as may be${kept}`,
    {
      remedy: `Wait: reading goes on ${until}, and what is watched stays live. Or raise readsPerHour of the source.`,
      details: { limit: allowed, freeAt: freeAt === null ? null : new Date(freeAt).toISOString() },
    },
  );
}
