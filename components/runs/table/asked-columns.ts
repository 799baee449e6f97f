import { readStat } from "./run-values.ts";

/** More would not fit into an address: then rows come with everything. */
const most = 200;

/**
 * Columns whose values the rows must carry: those asked for so far and what is shown beyond them. What is hidden stays, so that the rows are read
 * again only for a column that they lack.
 */
export function growAsked(asked: readonly string[], shown: readonly string[]): readonly string[] {
  const held = new Set(asked);
  const lacking = shown.map((id) => readStat(id).id).filter((id) => /^(metric|param|tag):/.test(id) && !held.has(id));
  return lacking.length === 0 ? asked : [...new Set([...asked, ...lacking])];
}

export function askFor(asked: readonly string[]): { columns?: readonly string[] } {
  return asked.length > most ? {} : { columns: asked };
}
