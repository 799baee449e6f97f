import type { AppError } from "../domain/errors.ts";
import type { SettledItem, SpentReceipts } from "../state/journal.ts";

/** What became of a chunk of items. Those left out are asked again: the store did not say. */
export interface ChunkOutcome {
  settled: SettledItem[];
  spent: SpentReceipts;
  /** Why some are left out. */
  unclear: AppError | null;
}

/** A failure in one line. */
export function wordsOf({ message, remedy }: { message: string; remedy?: string | undefined }): string {
  return remedy ? `${message} ${remedy}` : message;
}
