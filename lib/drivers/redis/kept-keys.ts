/** The key where a receipt's thing waits: outside of what any system's keys begin with; the same for the same receipt, so that a crash loses nothing. */
export function placeOf(receiptId: string): string {
  return `trialdeck:set-aside:${receiptId}`;
}
