export type TableItem<Row> =
  | { kind: "row"; row: Row; index: number }
  | { kind: "group"; id: string; label: string; count: number };

/**
 * Puts a head before each run of rows that share a group (the rows come sorted by it) and leaves out the rows of closed groups.
 * `index` is the row's place among all rows. Counts are of the rows given.
 */
export function groupRows<Row>(
  rows: readonly Row[],
  groupOf: ((row: Row) => { id: string; label: string }) | undefined,
  closed: ReadonlySet<string>,
): TableItem<Row>[] {
  if (!groupOf) return rows.map((row, index) => ({ kind: "row", row, index }));
  const items: TableItem<Row>[] = [];
  let head: Extract<TableItem<Row>, { kind: "group" }> | null = null;
  rows.forEach((row, index) => {
    const group = groupOf(row);
    if (head?.id !== group.id) {
      head = { kind: "group", ...group, count: 0 };
      items.push(head);
    }
    head.count += 1;
    if (!closed.has(group.id)) items.push({ kind: "row", row, index });
  });
  return items;
}
