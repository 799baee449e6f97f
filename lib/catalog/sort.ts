/** `started` sorts upwards, `-started` downwards. */
export function readSort(
  sort: string | undefined,
  usual: { column: string; descending: boolean },
): { column: string; descending: boolean } {
  if (!sort) return usual;
  const descending = sort.startsWith("-");
  return { column: descending || sort.startsWith("+") ? sort.slice(1) : sort, descending };
}
