import type { DownstreamReach } from "../domain/plan.ts";

interface ProcessGraph {
  nodes: readonly { id: string; label: string; parentId: string | null }[];
  edges: readonly { from: string; to: string }[];
}

/** Processes that are made of this one's result: the next ones, or all that follow. */
export function processesAfter(
  { nodes, edges }: ProcessGraph,
  process: string,
  reach: Exclude<DownstreamReach, "none">,
): Set<string> {
  const labels = new Map(nodes.filter(({ parentId }) => parentId === null).map(({ id, label }) => [id, label]));
  const start = [...labels].filter(([, label]) => label === process).map(([id]) => id);
  const found = new Set<string>();
  for (let at = start; at.length > 0; ) {
    const next = edges.filter(({ from, to }) => at.includes(from) && labels.has(to) && !found.has(to));
    at = reach === "all" ? [...new Set(next.map(({ to }) => to))] : [];
    for (const { to } of next) found.add(to);
  }
  return new Set([...found].map((id) => labels.get(id)!).filter((label) => label !== process));
}
