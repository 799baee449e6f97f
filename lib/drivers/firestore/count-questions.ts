import { createReadBudget, type ReadBudget, type ReadStep } from "./read-budget.ts";

export interface PastReads {
  /** Of the last hour. */
  steps: readonly ReadStep[];
  keep(steps: readonly ReadStep[]): void;
}

/** The count is written down this often at most. */
const keepEveryMs = 1_000;

export interface CountedQuestions extends Pick<ReadBudget, "add" | "state"> {
  /**
   * Asks a question that reads at most `wanted` documents, or fewer if the budget says so, with that `share` of what is kept back. A question without
   * an answer costs nothing.
   */
  paid<Answer>(
    wanted: number,
    question: (granted: number) => Promise<Answer>,
    costOf: (answer: Answer) => number,
    share?: number,
  ): Promise<Answer>;
  /** Writes the count down. */
  keep(): void;
}

/** Counts what questions and watches read. */
export function countQuestions(readsPerHour: number, pastReads?: PastReads): CountedQuestions {
  const budget = createReadBudget(readsPerHour, Date.now, pastReads?.steps);
  const underWay = new Set<Promise<void>>();
  let keptAt = performance.now();

  function keep(): void {
    keptAt = performance.now();
    pastReads?.keep(budget.steps());
  }

  function noteCount(): void {
    if (performance.now() - keptAt > keepEveryMs) keep();
  }

  return {
    async paid(wanted, question, costOf, share = 0) {
      // What is under way has taken as much as it may use: how little that was is known once it is answered.
      while (underWay.size > 0 && budget.left(share) < wanted) await Promise.race(underWay);
      const granted = budget.take(wanted, share);
      const { promise, resolve } = Promise.withResolvers<void>();
      underWay.add(promise);
      let used = 0;
      try {
        const answer = await question(granted);
        used = Math.max(1, costOf(answer));
        return answer;
      } finally {
        budget.settle(granted, used);
        noteCount();
        underWay.delete(promise);
        resolve();
      }
    },
    add(documents) {
      budget.add(documents);
      noteCount();
    },
    state: budget.state,
    keep,
  };
}
