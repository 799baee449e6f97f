import type { LineInput } from "./picture.ts";

/** What is drawn, and what the legend lists: an isolated line leaves the others in the legend, a filter does not. */
export function chooseLines(inputs: readonly LineInput[], isolated: ReadonlySet<string>, filter: string) {
  const words = filter.trim().toLowerCase();
  const listed = words ? inputs.filter((input) => input.label.toLowerCase().includes(words)) : inputs;
  const alone = listed.filter((input) => isolated.has(input.key));
  return { listed, drawn: alone.length > 0 ? alone : listed };
}

/** A press isolates a line, or ends that; with `add` it comes to those that are, or leaves them. */
export function toggleIsolated(current: ReadonlySet<string>, key: string, add: boolean): ReadonlySet<string> {
  if (!add) return current.size === 1 && current.has(key) ? new Set() : new Set([key]);
  const next = new Set(current);
  if (!next.delete(key)) next.add(key);
  return next;
}
