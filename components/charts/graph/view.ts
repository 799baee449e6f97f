/** One axis of the view, in pixels: where the graph begins (`offset`) and how long it and the box are. */
export interface ViewAxis {
  offset: number;
  size: number;
  extent: number;
}

/** The offset that shows a node: as it is where the node is in sight, else with the node in the middle, but no empty room at an end. */
export function revealOnAxis({ offset, size, extent }: ViewAxis, start: number, length: number): number {
  if (offset + start >= 0 && offset + start + length <= size) return offset;
  const centred = (size - length) / 2 - start;
  return Math.min(0, Math.max(Math.min(0, size - extent), centred));
}
