import type { StructureNode } from "../domain/preview.ts";

/** How much of a value is shown: the rest is counted, not listed. */
export const structureLimits = { depth: 12, children: 100, nodes: 2000, text: 200 };

/** Counts down over one whole structure, so that shared parts cannot multiply. */
export class NodeBudget {
  #left = structureLimits.nodes;

  /** True while another node may be shown. */
  take(): boolean {
    return this.#left-- > 0;
  }
}

/** The first children within the limits, each made by `show`. */
export function showChildren<T>(
  items: readonly T[],
  depth: number,
  budget: NodeBudget,
  show: (item: T, at: number) => StructureNode,
): StructureNode[] {
  if (depth >= structureLimits.depth) return [];
  const shown: StructureNode[] = [];
  for (const [at, item] of items.slice(0, structureLimits.children).entries()) {
    if (!budget.take()) break;
    shown.push(show(item, at));
  }
  return shown;
}

/** A text cut to what is shown of it. */
export function clip(text: string, limit: number = structureLimits.text): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
