/** How much the stores hold. */
export interface Sizes {
  runs: number;
  entries: number;
  series: number;
  points: number;
  /** Visits of a page, and starts; the median counts. */
  repeats: number;
  /** Live streams, and points stored while they are open. */
  viewers: number;
  updates: number;
  cloudRuns: number;
  objectMebibytes: number;
  /** Entries of one plan, of one that is applied, files that are reconciled, objects that are removed. */
  planned: number;
  applied: number;
  files: number;
  removed: number;
}

export const wholeSizes: Sizes = {
  runs: 10_000,
  entries: 500_000,
  series: 100,
  points: 100_000,
  repeats: 3,
  viewers: 500,
  updates: 60,
  cloudRuns: 2_000,
  objectMebibytes: 100,
  planned: 100_000,
  applied: 1_000,
  files: 500_000,
  removed: 2_000,
};

/** A tenth, to see that everything still measures; its figures say little. */
export const quickSizes: Sizes = {
  runs: 1_000,
  entries: 50_000,
  series: 100,
  points: 10_000,
  repeats: 1,
  viewers: 50,
  updates: 10,
  cloudRuns: 200,
  objectMebibytes: 10,
  planned: 10_000,
  applied: 100,
  files: 50_000,
  removed: 200,
};
