import { constants, setPriority } from "node:os";

/**
 * Lets the calling thread run behind others: who waits for an answer, here or at the store on the same machine, comes before reading ahead.
 * On Linux a priority is a thread's own (setpriority(2), "NOTES"); elsewhere it would be the whole process's and stays as it is.
 */
export function yieldToOthers(): void {
  if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_LOW);
}
