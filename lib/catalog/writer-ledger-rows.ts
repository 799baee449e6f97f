/** Lookups of one place and one outcome in a day. Names as stored. */
export interface LedgerLookups {
  experiment: string;
  process: string;
  step: string | null;
  origin: "reused" | "executed" | "failed";
  version: string | null;
  /** The day when the result was made. */
  made: number | null;
  lookups: number;
  unpriced: number;
  /** What the hits saved, or the others spent. */
  seconds: number;
}

/** What entries of one place that were made in a day hold. */
export interface LedgerStorage {
  experiment: string;
  process: string | null;
  step: string | null;
  version: string | null;
  kind: string;
  bytes: number;
}

export interface LedgerFigures {
  hits: number;
  misses: number;
  unpriced: number;
  saved: number;
  spent: number;
  bytes: number;
}

export interface LedgerRow extends LedgerFigures {
  by: "process" | "step" | "version" | "made" | "kind";
  experiment: string;
  name: string | number | null;
  step: string | null;
}

const nothing: LedgerFigures = { hits: 0, misses: 0, unpriced: 0, saved: 0, spent: 0, bytes: 0 };

/**
 * The ledger's rows of a day. Hits and misses are those of processes; what the steps of an executed process got from the cache is saved as
 * well, and what they spent stands in their process's time already. The rows of steps, and of a kind, tell of one level alone.
 */
export function rowsOfLedger(
  lookups: readonly LedgerLookups[],
  storage: readonly LedgerStorage[],
  day: number,
): LedgerRow[] {
  const rows = new Map<string, LedgerRow>();
  const add = (place: Pick<LedgerRow, "by" | "experiment" | "name" | "step">, more: Partial<LedgerFigures>) => {
    const key = JSON.stringify([place.by, place.experiment, place.name, place.step]);
    const row = rows.get(key) ?? { ...place, ...nothing };
    for (const [name, amount] of Object.entries(more) as [keyof LedgerFigures, number][]) row[name] += amount;
    rows.set(key, row);
  };
  for (const { experiment, process, step, version, made, ...told } of lookups) {
    const level = figuresOf(told);
    const whole = step === null ? level : { saved: level.saved };
    add({ by: "process", experiment, name: process, step: null }, whole);
    add({ by: "version", experiment, name: version, step: null }, whole);
    add({ by: "made", experiment, name: made, step: null }, whole);
    add({ by: "kind", experiment, name: step === null ? "process" : "step", step: null }, level);
    if (step !== null) add({ by: "step", experiment, name: process, step }, level);
  }
  for (const { experiment, process, step, version, kind, bytes } of storage) {
    add({ by: "process", experiment, name: process, step: null }, { bytes });
    add({ by: "version", experiment, name: version, step: null }, { bytes });
    add({ by: "made", experiment, name: day, step: null }, { bytes });
    add({ by: "kind", experiment, name: kind, step: null }, { bytes });
    if (step !== null) add({ by: "step", experiment, name: process, step }, { bytes });
  }
  return [...rows.values()];
}

function figuresOf(told: Pick<LedgerLookups, "origin" | "lookups" | "unpriced" | "seconds">) {
  const { origin, lookups, unpriced, seconds } = told;
  return origin === "reused"
    ? { hits: lookups, unpriced, saved: seconds }
    : { misses: lookups, spent: seconds, saved: 0 };
}
