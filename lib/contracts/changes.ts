import type { AppError } from "../domain/errors.ts";
import type { Millis, PlainValue } from "../domain/values.ts";

/**
 * What stands at a locator. A locator is, by kind: a key's text, a row (`row-locator.ts`), a document's path from the root, a file's path below
 * the root.
 */
export interface StoredThing {
  /** Proof of exactly this content: it changes with every write that may have changed it. Its life may be apart. */
  token: string;
  /** Of the content, as an engine counts it; not what it takes on a disk. */
  bytes: number;
  /** When the engine itself removes it; `null`: it does not. */
  expiresAt: Millis | null;
}

/** Proof of where a thing was set aside, and all that is needed to put it back. Plain data: it is kept in state. */
export interface Receipt {
  /** Given by who asks, so that it is found again after a crash. */
  id: string;
  locator: string;
  token: string;
  bytes: number;
  /** The life that it had left ends here, also where it waits. */
  expiresAt: Millis | null;
  /** The content itself, or the place in the store that it moves to, which follows from the receipt's id. */
  kept: { content: Uint8Array } | { place: string };
}

export interface SetAsideRequest {
  locator: string;
  token: string;
  receiptId: string;
}

/**
 * `changed`: something else stands there now, untouched. `gone`: nothing did; asked again after a crash, that is also said of what this receipt
 * had removed already. `failed`: refused, untouched. `unknown`: the store did not say whether it was done; `stat` tells.
 */
export type SetAsideOutcome =
  | { outcome: "set-aside" | "changed" | "gone" }
  | { outcome: "failed" | "unknown"; failure: AppError };

/**
 * `same`: equal content stands there already. `different`: something else came meanwhile and stays. `lost`: what was set aside is not where
 * the receipt says.
 */
export type PutBackOutcome =
  | { outcome: "restored" | "same" | "different" | "lost" }
  | { outcome: "failed" | "unknown"; failure: AppError };

export type DiscardOutcome = { outcome: "discarded" | "gone" } | { outcome: "failed" | "unknown"; failure: AppError };

/** A thing in its kind's words: a key's text, a row's columns in their order, a document's fields. */
export type NewContent =
  | { text: string }
  | { row: Record<string, string | number | null> }
  | { fields: Record<string, PlainValue> };

/** A thing that is to stand in a store for the first time, or again. */
export interface NewThing {
  locator: string;
  content: NewContent;
  /** When the engine is to remove it by itself; `null`: never, or it removes nothing. */
  expiresAt: Millis | null;
}

/** Another end of life for exactly this content, while its present end is still the one that was told of. `null`: none. */
export interface LifeRequest {
  locator: string;
  token: string;
  from: Millis | null;
  to: Millis | null;
}

/** `same`: it ends then already. `changed`: something else stands there, or it ends at another time than was told of; untouched. */
export type LifeOutcome =
  | { outcome: "set" | "same" | "changed" | "gone" }
  | { outcome: "failed" | "unknown"; failure: AppError };

/** Ends that are no further apart are one: a server that tells only what is left tells it a little differently each time. */
export const lifeTolerance = 1_000;

/**
 * Safe changes of a store, the same for every engine. Nothing is removed but what carries the token, nothing before it is kept, and nothing is put
 * back over what came meanwhile. Answers stand in the order of what was asked; one that fails does not keep the others. Only a store that cannot be
 * reached at all throws.
 */
export interface StoreChanges {
  stat(locators: readonly string[]): Promise<(StoredThing | null)[]>;
  /**
   * Takes things out of the place where they serve. `keep` is called once, before anything is changed, with the receipts of what still carries
   * its token (not at all when nothing does); the store changes only when it has resolved (they are on disk). When it rejects, so does this, and
   * nothing was changed. Asked again with the same receipt id after a crash it goes on where it was. All contents are held in memory at once:
   * whoever asks bounds the bytes.
   */
  setAside(
    requests: readonly SetAsideRequest[],
    keep: (receipts: Receipt[]) => Promise<void>,
  ): Promise<SetAsideOutcome[]>;
  /** Puts back where nothing stands, with the life that it had left; what has none left fails. Asked again, it answers `same`. */
  putBack(receipts: readonly Receipt[]): Promise<PutBackOutcome[]>;
  /** Removes what was set aside for good: what waits in the store. Of a receipt that holds the content itself nothing waits: `discarded`. */
  discard(receipts: readonly Receipt[]): Promise<DiscardOutcome[]>;
  /** The receipt of a thing that was never set aside, so that `putBack` creates it where nothing stands. Absent: nothing is made anew here. */
  describeNew?(thing: NewThing, receiptId: string): Receipt;
  /** Gives things another end of life, their content unchanged; one that is over fails, since it would remove them unkept. Absent: this engine removes nothing by itself. */
  setLives?(requests: readonly LifeRequest[]): Promise<LifeOutcome[]>;
}
