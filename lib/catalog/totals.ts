import type { CatalogDatabase } from "./database.ts";

export interface Total {
  value: number;
  exact: boolean;
}

const mostRemembered = 200;

/** Counts of lists, remembered until the catalog changes. A count never takes long: past its budget it says "at least". */
export class Totals {
  readonly #db: CatalogDatabase;
  readonly #known = new Map<string, Total>();
  #version = -1;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** `name` says the question in full; `count` answers it. */
  remember(name: string, count: () => Total): Total {
    const version = this.#db.dataVersion();
    if (version !== this.#version || this.#known.size >= mostRemembered) {
      this.#known.clear();
      this.#version = version;
    }
    const known = this.#known.get(name);
    if (known) return known;
    const total = count();
    this.#known.set(name, total);
    return total;
  }
}

const slice = 20_000;
const budgetMillis = 12;

/** Counts slice by slice of row numbers until all are counted or the time is up. */
export function countInSlices(mostRow: number, countBetween: (from: number, to: number) => number): Total {
  const begun = performance.now();
  let value = 0;
  for (let from = 0; from <= mostRow; from += slice) {
    if (performance.now() - begun > budgetMillis) return { value, exact: false };
    value += countBetween(from, from + slice - 1);
  }
  return { value, exact: true };
}

/** The total over several sources. */
export function sumTotals(totals: readonly Total[]): Total {
  return { value: totals.reduce((sum, { value }) => sum + value, 0), exact: totals.every(({ exact }) => exact) };
}
