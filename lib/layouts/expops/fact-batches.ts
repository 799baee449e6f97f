import type { Fact } from "../../domain/facts.ts";

const mostFacts = 1_000;
const mostBytes = 4 * 1024 * 1024;

/** Gathers facts until a batch is full, so that what crosses threads stays small. */
export class FactBatch {
  #facts: Fact[] = [];
  #bytes = 0;

  /** Adds facts; answers the batches that became full. A run's series are never weighed less than their points. */
  add(facts: readonly Fact[]): Fact[][] {
    const full: Fact[][] = [];
    for (const fact of facts) {
      const bytes = weigh(fact);
      if (this.#facts.length > 0 && (this.#facts.length >= mostFacts || this.#bytes + bytes > mostBytes))
        full.push(...this.take());
      this.#facts.push(fact);
      this.#bytes += bytes;
    }
    return full;
  }

  /** What is left, as at most one batch. */
  take(): Fact[][] {
    const rest = this.#facts;
    this.#facts = [];
    this.#bytes = 0;
    return rest.length > 0 ? [rest] : [];
  }
}

function weigh(fact: Fact): number {
  switch (fact.kind) {
    case "run":
      return 1_000 + 400 * (fact.run.metrics.length + fact.run.steps.length + fact.run.charts.length);
    case "series":
      return 200 + 16 * fact.series.steps.length;
    case "entry":
      return 1_500 + 50 * fact.entry.payloads.length;
    default:
      return 300;
  }
}
