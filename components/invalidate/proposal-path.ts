/** Where a published plan is shown. */
export function proposalPath({ source, id }: { source: string; id: string }): string {
  return `/operations/plans/${source}/${id}`;
}
