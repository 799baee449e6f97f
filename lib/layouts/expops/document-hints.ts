import type { DocumentIndex } from "./document-index.ts";

/** What waits for documents that may not be read yet, and how far reading is. */
export function hintsOf({ driver, projects }: Pick<DocumentIndex, "driver" | "projects">): string[] {
  const { used, freeAt } = driver.budget();
  if (freeAt === null) return [];
  const at = new Date(freeAt).toISOString().slice(11, 16);
  const all = [...projects.values()];
  const runs = all.reduce((sum, project) => sum + project.runs.size, 0);
  const unread = all.reduce((sum, project) => sum + project.unread.size, 0);
  const budget = `${numberOf(used)} documents were read within the hour, as many as may be: changes are still followed, and reading goes on at ${at} UTC.`;
  if (unread === 0) return [budget];
  return [
    `${budget} ${numberOf(runs - unread)} of ${numberOf(runs)} runs are read as a whole; those that you open come first.`,
  ];
}

function numberOf(count: number): string {
  return count.toLocaleString("en");
}
