import type { BigIntStats } from "node:fs";
import { link, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type {
  DiscardOutcome,
  PutBackOutcome,
  Receipt,
  SetAsideOutcome,
  SetAsideRequest,
} from "../../contracts/changes.ts";
import { splitBlobPath } from "../blob-path.ts";
import { resolveBelow } from "../confined-folder.ts";
import { changedInTrash, outsideTrash, trashPath } from "../trash.ts";
import { cannotBeLinked, hasCode, refused, unclear } from "./change-failures.ts";
import { haveEqualContents } from "./equal-contents.ts";
import { fileToken } from "./file-token.ts";
import { type InFolder, inHeldFolder, makeFoldersBelow } from "./held-folder.ts";
import { isOneFile, lookAt, moveIfAbsent } from "./trash-room.ts";

/** What is found before anything is changed: nothing to do, or something to move, with its receipt if it is what was asked for. */
export async function lookBefore(
  root: string,
  { locator, token, receiptId }: SetAsideRequest,
): Promise<SetAsideOutcome | { receipt: Receipt | null }> {
  const segments = pathOf(locator);
  const place = trashPath(receiptId);
  const standing = segments && (await standingAt(root, segments));
  const waiting = await lookAt(join(root, place));
  const isAside = waiting !== null && !isOneFile(waiting, standing);
  const found = isAside ? waiting : standing;
  if (found === null) return { outcome: "gone" };
  // What was moved by mistake before the server ended gets its name back.
  if (!carries(found, token)) return isAside ? { receipt: null } : { outcome: "changed" };
  const bytes = Number(found.size);
  return { receipt: { id: receiptId, locator, token, bytes, expiresAt: null, kept: { place } } };
}

/** Moves a file aside and makes sure that it is the one asked for. Goes on where it was interrupted. */
export async function moveAside(root: string, request: SetAsideRequest, aside: InFolder): Promise<SetAsideOutcome> {
  const { token, receiptId } = request;
  const segments = pathOf(request.locator);
  if (segments === null) return { outcome: "gone" };
  const trash = aside(receiptId);
  const waiting = await lookAt(trash);
  if (waiting !== null && !isOneFile(waiting, await standingAt(root, segments))) {
    if (carries(waiting, token)) return { outcome: "set-aside" };
    await makeFoldersBelow(root, segments.slice(0, -1));
  }
  const outcome = await inHeldFolder(root, segments.slice(0, -1), async (at): Promise<SetAsideOutcome> => {
    const place = at(segments.at(-1) ?? "");
    const standing = await lookAt(place);
    if (waiting !== null && !isOneFile(waiting, standing)) return giveBack(trash, place);
    if (standing === null) return { outcome: "gone" };
    if (!carries(standing, token)) return { outcome: "changed" };
    if (waiting !== null) await unlink(trash);
    await proveSecondName(place, aside(`${receiptId}.probe`));
    try {
      await rename(place, trash);
      const moved = await lookAt(trash);
      return moved !== null && carries(moved, token) ? { outcome: "set-aside" } : await giveBack(trash, place);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) return unclear(error);
      // It went away under its name, or the trash folder did.
      const standing = await lookAt(place);
      if (standing === null) return { outcome: "gone" };
      return carries(standing, token) ? refused(error) : { outcome: "changed" };
    }
  });
  return outcome ?? { outcome: "gone" };
}

/** What is not what was asked for gets its name back; if something new has that name, both stay. */
async function giveBack(trash: string, place: string): Promise<SetAsideOutcome> {
  await moveIfAbsent(trash, place);
  return { outcome: "changed" };
}

/** Without a second name there is no way back that cannot write over something. */
async function proveSecondName(place: string, probe: string): Promise<void> {
  try {
    await link(place, probe);
  } catch (error) {
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].some((code) => hasCode(error, code)))
      throw cannotBeLinked(error);
    // It went away: moving it says so.
    if (hasCode(error, "ENOENT")) return;
    // Left from a server that ended here.
    if (!hasCode(error, "EEXIST")) throw error;
  }
  await unlink(probe);
}

/** Puts a file back where nothing stands, with its folders. */
export async function putFileBack(root: string, receipt: Receipt, aside: InFolder): Promise<PutBackOutcome> {
  const segments = pathOf(receipt.locator);
  if (segments === null) return { outcome: "lost" };
  trashPath(receipt.id);
  const waiting = await lookAt(aside(receipt.id));
  const standing = await standingAt(root, segments);
  const isBoth = isOneFile(waiting, standing);
  if (isBoth) await unlink(aside(receipt.id));
  if (waiting === null || isBoth) {
    if (standing === null) return { outcome: "lost" };
    return { outcome: carries(standing, receipt.token) ? "same" : "different" };
  }
  if (!carries(waiting, receipt.token)) return { outcome: "failed", failure: changedInTrash("files", receipt) };
  await makeFoldersBelow(root, segments.slice(0, -1));
  const outcome = await inHeldFolder(root, segments.slice(0, -1), async (at): Promise<PutBackOutcome> => {
    try {
      const isBack = await moveIfAbsent(aside(receipt.id), at(segments.at(-1) ?? ""));
      return { outcome: isBack ? "restored" : "different" };
    } catch (error) {
      return unclear(error);
    }
  });
  if (outcome?.outcome !== "different") return outcome ?? { outcome: "different" };
  const isSame = await haveEqualContents(root, segments, trashPath(receipt.id).split("/"));
  return { outcome: isSame ? "same" : "different" };
}

/** Removes what was set aside, unless it was written to since. */
export async function discardFile(root: string, receipt: Receipt, aside: InFolder): Promise<DiscardOutcome> {
  trashPath(receipt.id);
  const waiting = await lookAt(aside(receipt.id));
  if (waiting === null) return { outcome: "gone" };
  const segments = pathOf(receipt.locator);
  const isElsewhere = segments !== null && isOneFile(waiting, await standingAt(root, segments));
  if (!carries(waiting, receipt.token) && !isElsewhere)
    return { outcome: "failed", failure: changedInTrash("files", receipt) };
  await unlink(aside(receipt.id));
  return { outcome: "discarded" };
}

function pathOf(locator: string): string[] | null {
  return outsideTrash(splitBlobPath("files", locator));
}

function carries(stats: BigIntStats, token: string): boolean {
  return stats.isFile() && fileToken(stats) === token;
}

/** What stands at a path that is reached without a link. */
async function standingAt(root: string, segments: readonly string[]): Promise<BigIntStats | null> {
  const full = await resolveBelow("files", root, segments);
  return full === null ? null : lookAt(full);
}
