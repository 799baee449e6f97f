import type {
  DiscardOutcome,
  PutBackOutcome,
  Receipt,
  SetAsideOutcome,
  SetAsideRequest,
  StoreChanges,
} from "../../contracts/changes.ts";
import type { AppError } from "../../domain/errors.ts";
import { eachInOrder } from "../each-in-order.ts";
import { trashPath } from "../trash.ts";
import { gcsFailure, mayHaveBeenDone, statusOf } from "./gcs-failure.ts";
import { hasContent, type KeptObject, placeOf, readPlace } from "./kept-object.ts";
import type { GcsPlace } from "./object-names.ts";
import type { ObjectWrites, StoredObject } from "./object-requests.ts";

const atOnce = 24;

type Failed = { outcome: "failed" | "unknown"; failure: AppError };
type Look = SetAsideOutcome | { receipt: Receipt; object: StoredObject; isAside: boolean };

export interface ObjectReads {
  /** `null` when there is none. */
  get(name: string): Promise<StoredObject | null>;
  /** How long the bucket itself keeps what is removed, and can give it back; 0: not, or nobody may know. */
  keepsSeconds(): Promise<number>;
}

/**
 * Safe changes of a bucket. Where it keeps what is removed for at least `trashSeconds`, an object is removed under the precondition of its generation, and
 * that generation is restored; else it is copied into the trash folder before, and copied back where nothing is.
 */
export function gcsChanges(
  place: GcsPlace,
  reads: ObjectReads,
  writes: ObjectWrites,
  trashSeconds: number,
): StoreChanges {
  const trashName = (receiptId: string) => `${place.root}${trashPath(receiptId)}`;

  async function look(request: SetAsideRequest, way: KeptObject["way"]): Promise<Look> {
    const { locator, token, receiptId } = request;
    const trash = trashName(receiptId);
    const name = place.nameAt(locator);
    if (name === null) return { outcome: "gone" };
    const present = await reads.get(name);
    const standing = present !== null && tokenOf(present) === token ? present : null;
    // A copy is made before anything is removed: where it is and the thing is not any more, that was done before.
    const waiting = standing === null && way === "copy" ? await reads.get(trash) : null;
    const object = standing ?? waiting;
    if (object === null) return { outcome: present === null ? "gone" : "changed" };
    const kept = { place: placeOf(receiptId, object, way) };
    const receipt = { id: receiptId, locator, token, bytes: Number(object.size), expiresAt: null, kept };
    return { receipt, object, isAside: standing === null };
  }

  /** Looks before anything is changed; only a store that is out of reach is no answer. */
  function lookSafely(request: SetAsideRequest, way: KeptObject["way"]): Promise<Look> {
    return look(request, way).catch((error) => {
      const failure = gcsFailure(place, error);
      if (["source_unavailable", "source_timeout"].includes(failure.code)) throw failure;
      return { outcome: "failed", failure };
    });
  }

  async function remove({ receipt, object }: Extract<Look, { receipt: Receipt }>): Promise<SetAsideOutcome> {
    const name = `${place.root}${receipt.locator}`;
    try {
      await writes.remove(name, String(object.generation), String(object.metageneration));
      return { outcome: "set-aside" };
    } catch (error) {
      return refusalOf(error, name, "storage.objects.delete");
    }
  }

  async function copyAndRemove(look: Extract<Look, { receipt: Receipt }>): Promise<SetAsideOutcome> {
    const { receipt, object } = look;
    const trash = trashName(receipt.id);
    const copied = await copyOnce(object, `${place.root}${receipt.locator}`, trash);
    if (typeof copied !== "string") return copied;
    const outcome = await remove(look);
    const isUntouched = ["changed", "gone", "failed"].includes(outcome.outcome);
    if (isUntouched && copied === "now") await dropCopy(trash);
    // The removal of an earlier try may have been carried out late, so that its copy is the last one.
    else if (isUntouched && outcome.outcome !== "failed") return { outcome: "set-aside" };
    return outcome;
  }

  /** Whether the copy was made now or by an earlier try. */
  async function copyOnce(
    object: StoredObject,
    name: string,
    trash: string,
  ): Promise<"now" | "before" | SetAsideOutcome> {
    try {
      await writes.copy(object, name, trash);
      return "now";
    } catch (error) {
      if (statusOf(error) === 412 && (await isThere(trash))) return "before";
      const outcome = await refusalOf(error, name, "storage.objects.create");
      // Whether or not a copy was made, nothing was removed, and the next try finds it.
      return "failure" in outcome ? { ...outcome, outcome: "failed" } : outcome;
    }
  }

  /** What a refused change means: something else stands there, nothing does, or neither. */
  async function refusalOf(error: unknown, name: string, needs: string): Promise<SetAsideOutcome> {
    const status = statusOf(error);
    if (status !== 412 && status !== 404) return failedBy(error, needs);
    try {
      return { outcome: (await reads.get(name)) === null ? "gone" : "changed" };
    } catch (unread) {
      return status === 412 ? { outcome: "changed" } : { outcome: "failed", failure: gcsFailure(place, unread) };
    }
  }

  const isThere = (name: string) => reads.get(name).then(Boolean, () => false);

  /** A copy that is not needed; one that stays costs room only. */
  async function dropCopy(trash: string): Promise<void> {
    const copy = await reads.get(trash).catch(() => null);
    if (copy !== null) await writes.remove(trash, String(copy.generation), null).catch(() => undefined);
  }

  async function putBackOne(receipt: Receipt): Promise<PutBackOutcome> {
    const kept = readPlace(receipt);
    const name = place.nameAt(receipt.locator);
    if (kept === null || name === null) return { outcome: "lost" };
    const trash = trashName(receipt.id);
    const compare = (present: StoredObject) => ({ outcome: hasContent(present, kept) ? "same" : "different" }) as const;
    const present = await reads.get(name);
    if (present !== null) return compare(present);
    try {
      if (kept.way === "soft") await writes.restore(name, kept.generation);
      else {
        const copy = await reads.get(trash);
        if (copy === null) return { outcome: "lost" };
        await writes.copy(copy, trash, name);
        await dropCopy(trash);
      }
      return { outcome: "restored" };
    } catch (error) {
      const needs = kept.way === "soft" ? "storage.objects.restore" : "storage.objects.create";
      if (statusOf(error) === 404) return { outcome: "lost" };
      if (statusOf(error) !== 412) return failedBy(error, needs);
      const now = await reads.get(name);
      return now === null ? failedBy(error, needs) : compare(now);
    }
  }

  async function discardOne(receipt: Receipt): Promise<DiscardOutcome> {
    // The bucket removes it when its time is over; nobody can before.
    if (readPlace(receipt)?.way === "soft") return { outcome: "discarded" };
    const trash = trashName(receipt.id);
    const copy = await reads.get(trash);
    if (copy === null) return { outcome: "gone" };
    try {
      await writes.remove(trash, String(copy.generation), null);
      return { outcome: "discarded" };
    } catch (error) {
      return statusOf(error) === 404 ? { outcome: "gone" } : failedBy(error, "storage.objects.delete");
    }
  }

  function failedBy(error: unknown, needs: string): Failed {
    return { outcome: mayHaveBeenDone(error) ? "unknown" : "failed", failure: gcsFailure(place, error, needs) };
  }
  /** The answer for what was asked before anything was changed. */
  const refused = (error: unknown): Failed => ({ outcome: "failed", failure: gcsFailure(place, error) });

  return {
    async stat(locators) {
      const found = await eachInOrder(locators, atOnce, async (locator) => {
        const name = place.nameAt(locator);
        return name === null ? null : reads.get(name);
      });
      return found.map((object) => object && { token: tokenOf(object), bytes: Number(object.size), expiresAt: null });
    },
    async setAside(requests, keep) {
      if (requests.length === 0) return [];
      const way = (await reads.keepsSeconds()) >= trashSeconds ? "soft" : "copy";
      const looks = await eachInOrder(requests, atOnce, (request) => lookSafely(request, way));
      const receipts = looks.flatMap((one) => ("receipt" in one ? [one.receipt] : []));
      if (receipts.length > 0) await keep(receipts);
      return eachInOrder(looks, atOnce, async (one) => {
        if (!("receipt" in one)) return one;
        if (one.isAside) return { outcome: "set-aside" };
        return way === "soft" ? remove(one) : copyAndRemove(one);
      });
    },
    putBack: (receipts) => eachInOrder(receipts, atOnce, (receipt) => putBackOne(receipt).catch(refused)),
    discard: (receipts) => eachInOrder(receipts, atOnce, (receipt) => discardOne(receipt).catch(refused)),
  };
}

/** As the driver's lists spell it. */
function tokenOf({ generation, metageneration }: StoredObject): string {
  return `${generation}.${metageneration}`;
}
