import type { Receipt } from "../contracts/changes.ts";
import { AppError } from "../domain/errors.ts";

/** The folder below a driver's root where a store keeps what was set aside. No ordinary question sees it, however deep it lies. */
export const trashFolder = ".trialdeck-trash";

/** A path that no ordinary question may see; what is given is answered otherwise. */
export function outsideTrash(segments: string[] | null): string[] | null {
  return segments?.includes(trashFolder) ? null : segments;
}

/** The path below the driver's root where the thing of this receipt waits. */
export function trashPath(receiptId: string): string {
  if (/^[\w-]{1,128}$/.test(receiptId)) return `${trashFolder}/${receiptId}`;
  throw new AppError("bad_request", "this is no receipt of ours", { remedy: "Give the receipt as it was kept." });
}

/** The failure of giving back, or of removing for good, what is no longer what was set aside. */
export function changedInTrash(engine: string, { id }: Receipt): AppError {
  return new AppError("conflict", `${engine}: what was set aside has been written to since, and is kept`, {
    remedy: `Look at ${trashFolder}/${id} below the source's folder, and move or remove it by hand.`,
  });
}
