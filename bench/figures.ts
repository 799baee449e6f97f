/** One line of the report: a figure in `unit`, with the gate it must keep and the aim it should. */
export interface Line {
  what: string;
  unit: "ms" | "s" | "MiB" | "KiB" | "×" | "";
  /** `null`: told for what it explains, not judged. */
  gate: number | null;
  aim: number | null;
  measured: number;
  note?: string;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that each of `calls` calls took, one after another. */
export async function timeCalls(calls: number, ask: (call: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const begun = performance.now();
    await ask(call);
    took.push(performance.now() - begun);
  }
  return took;
}

/** Lines for p50 and p95 of some calls, with a gate and an aim for each. */
export function callLines(
  what: string,
  took: readonly number[],
  p50: { gate: number; aim: number } | null,
  p95: { gate: number; aim: number } | null,
): Line[] {
  const none = { gate: null, aim: null };
  const note = `${took.length} calls`;
  return [
    { what: `${what}, p50`, unit: "ms", ...(p50 ?? none), measured: quantile(took, 0.5), note },
    { what: `${what}, p95`, unit: "ms", ...(p95 ?? none), measured: quantile(took, 0.95), note },
  ];
}
