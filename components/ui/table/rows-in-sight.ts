/** Rows drawn beyond the edges, so that scrolling finds them there. */
const beyond = 8;

/** The rows of one height that a view shows: their indexes, and where each begins. */
export function rowsInSight(
  view: { top: number; height: number },
  rowHeight: number,
  count: number,
): { index: number; start: number }[] {
  const first = Math.max(0, Math.floor(view.top / rowHeight) - beyond);
  const end = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + beyond);
  return Array.from({ length: Math.max(0, end - first) }, (_, place) => ({
    index: first + place,
    start: (first + place) * rowHeight,
  }));
}

/** Where to scroll so that a row is in sight, going no further than needed. `height`: of the view, without the head that covers its top. */
export function topThatShows(row: number, rowHeight: number, view: { top: number; height: number }): number {
  const start = row * rowHeight;
  if (start < view.top) return start;
  return Math.max(view.top, start + rowHeight - view.height);
}
