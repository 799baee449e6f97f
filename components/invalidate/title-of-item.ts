/** What an item of a plan or an operation is of: `fit ▸ descend`; a file, or what names no process, by its name as stored. */
export function titleOfItem(item: {
  of: "entry" | "artifact";
  key: string;
  process: string | null;
  step: string | null;
}): string {
  if (item.process === null || item.of === "artifact") return item.key;
  return item.step === null ? item.process : `${item.process} ▸ ${item.step}`;
}
