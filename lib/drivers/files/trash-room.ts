import type { BigIntStats } from "node:fs";
import { link, lstat, rename, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../domain/errors.ts";
import { meansAbsent } from "../confined-folder.ts";
import { trashFolder } from "../trash.ts";
import { hasCode } from "./change-failures.ts";
import { type InFolder, inHeldFolder, makeFoldersBelow } from "./held-folder.ts";

/** Holds the folder of what was set aside for the time of `use`. Afterwards its moves are on disk, and it is gone if nothing is left in it. */
export async function inTrash<Answer>(root: string, use: (aside: InFolder) => Promise<Answer>): Promise<Answer> {
  await makeFoldersBelow(root, [trashFolder], 0o700);
  const answer = await inHeldFolder(root, [trashFolder], async (aside, folder) => {
    const given = await use(aside);
    // Not every file system can.
    await folder.sync().catch(() => undefined);
    return { given };
  });
  if (answer === null) throw noTrash();
  await rmdir(join(root, trashFolder)).catch(() => undefined);
  return answer.given;
}

/** What stands at a place, a link itself too; `null`: nothing. */
export async function lookAt(place: string): Promise<BigIntStats | null> {
  try {
    return await lstat(place, { bigint: true });
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw error;
  }
}

/** Whether both are names of one file. */
export function isOneFile(one: BigIntStats | null, other: BigIntStats | null): boolean {
  return one !== null && other !== null && one.dev === other.dev && one.ino === other.ino;
}

/** Moves what stands aside to a place where nothing stands. False, and nothing is moved, when something does. */
export async function moveIfAbsent(aside: string, place: string): Promise<boolean> {
  const moved = await lookAt(aside);
  try {
    // A folder can have no second name, and is not moved over anything but an empty one.
    if (moved?.isDirectory()) await rename(aside, place);
    else await link(aside, place);
  } catch (error) {
    if (!["EEXIST", "ENOTEMPTY", "ENOTDIR"].some((code) => hasCode(error, code))) throw error;
    // Both are names of one file when this was interrupted before.
    if (!isOneFile(await lookAt(place), moved)) return false;
  }
  if (!moved?.isDirectory()) await unlink(aside);
  return true;
}

function noTrash(): AppError {
  return new AppError("unsupported", `files: what stands at ${trashFolder} in the source's folder is no folder`, {
    remedy: "Move it away: things are set aside there.",
  });
}
