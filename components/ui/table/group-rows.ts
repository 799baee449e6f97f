export type TableItem<Row> =
  | { kind: "row"; row: Row; index: number }
  | { kind: "group"; id: string; label: string; count: number };

/**
 * Gathers rows by group, groups in the order in which they first appear, each under a head; the rows of closed groups are left out.
 * `index` is the row's place among all rows. Counts are of the rows given.
 */
export function groupRows<Row>(
  rows: readonly Row[],
  groupOf: ((row: Row) => { id: string; label: string }) | undefined,
  closed: ReadonlySet<string>,
): TableItem<Row>[] {
  const items = rows.map((row, index) => ({ kind: "row" as const, row, index }));
  if (!groupOf) return items;
  const groups = new Map<string, { label: string; members: TableItem<Row>[] }>();
  for (const item of items) {
    const { id, label } = groupOf(item.row);
    const group = groups.get(id) ?? { label, members: [] };
    group.members.push(item);
    groups.set(id, group);
  }
  return [...groups].flatMap(([id, { label, members }]) => [
    { kind: "group" as const, id, label, count: members.length },
    ...(closed.has(id) ? [] : members),
  ]);
}
