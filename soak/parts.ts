import type { Progress } from "./progress.ts";

export interface SoakOptions {
  /** A hundredth of everything, as `npm test` runs it. */
  isShare: boolean;
  /** How often, in place of the usual; of that part alone. */
  rounds: number | undefined;
  kills: number | undefined;
  runs: number | undefined;
  /** Only these; absent: all that the part has. */
  engines: readonly string[] | undefined;
  seed: number;
  progress: Progress;
  signal: AbortSignal;
}

/** What came of one engine. */
export interface SoakLine {
  what: string;
  /** In figures, also of one that was ended before its time. */
  done: string;
  /** What may be, and is worth a look. */
  notes?: string[];
  /** What must not be, with what is needed to see it again. */
  problems: string[];
}

/** A part of the soak tells its lines one by one. It ends soon after the signal, with a line for what it had begun. */
export type SoakPart = (options: SoakOptions) => AsyncIterable<SoakLine>;

/** The wanted ones of a part's engines, in its order. */
export function chooseEngines<Name extends string>(
  names: readonly Name[],
  wanted: readonly string[] | undefined,
): Name[] {
  return names.filter((name) => !wanted || wanted.includes(name));
}
