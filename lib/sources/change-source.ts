import type {
  DiscardOutcome,
  PutBackOutcome,
  Receipt,
  SetAsideOutcome,
  SetAsideRequest,
} from "../contracts/changes.ts";
import type { ChangeableLayout, LayoutContext, Subject, ToldSubject } from "../contracts/layout.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import { asAppError } from "./source-status.ts";
import type { KeptReceipt, SetAsideAsked } from "./thread-contract.ts";

export interface ChangedSource {
  label: string;
  context: LayoutContext;
  changing: ChangeableLayout | undefined;
  /** Reads these places again for the catalog at once, so that lists are true without waiting for a sweep. */
  retell(store: string, locators: readonly string[]): Promise<void>;
  keepReceipts(receipts: readonly KeptReceipt[]): Promise<void>;
}

/** What a driver is asked for. */
interface Found extends SetAsideRequest {
  store: string;
  bytes: number;
}

/** Held in memory at once, in a driver and on the way to the state. */
const mostTogether = 200;
const mostBytesTogether = 32 * 1024 * 1024;

/** Sets aside what is still as told, a bounded part at a time, each part's receipts kept before its store changes. */
export async function setAsideIn(source: ChangedSource, wanted: readonly SetAsideAsked[]): Promise<SetAsideOutcome[]> {
  const outcomes = new Map<string, SetAsideOutcome>();
  const changing = requireChanging(source);
  for (let begin = 0; begin < wanted.length; begin += mostTogether) {
    const some = wanted.slice(begin, begin + mostTogether);
    const subjects = await changing.subjects(source.context, some);
    await retellMoved(source, subjects);
    const found: Found[] = [];
    for (const [index, { receiptId, kept }] of some.entries()) {
      const subject = subjects[index] ?? { state: "gone" as const };
      if (subject.state === "as-told") {
        const { store, locator, thing } = subject;
        found.push({ store, locator, token: thing.token, bytes: thing.bytes, receiptId });
      } else if (subject.state === "refused") outcomes.set(receiptId, { outcome: "failed", failure: subject.failure });
      // An attempt was interrupted: only the driver can tell how far it came, and go on from there.
      else if (kept) found.push({ ...kept, bytes: 0, receiptId });
      else outcomes.set(receiptId, { outcome: subject.state });
    }
    for (const [store, ofStore] of Map.groupBy(found, (one) => one.store)) {
      for (const part of inParts(ofStore)) await setPartAside(source, changing, store, part, outcomes);
    }
  }
  return wanted.map(({ receiptId }) => outcomes.get(receiptId) ?? { outcome: "gone" });
}

/** Looks whether these stand as told, and tells the catalog of those that do not; answers whether there are any. */
export async function recheckIn(source: ChangedSource, told: readonly ToldSubject[]): Promise<boolean> {
  return retellMoved(source, await requireChanging(source).subjects(source.context, told));
}

async function retellMoved(source: ChangedSource, subjects: readonly Subject[]): Promise<boolean> {
  const places = subjects.flatMap((subject) => ("at" in subject && subject.at) || []);
  for (const [store, some] of Map.groupBy(places, (place) => place.store)) {
    await source.retell(
      store,
      some.map(({ locator }) => locator),
    );
  }
  return places.length > 0;
}

async function setPartAside(
  source: ChangedSource,
  changing: ChangeableLayout,
  store: string,
  part: readonly Found[],
  outcomes: Map<string, SetAsideOutcome>,
): Promise<void> {
  const requests = part.map(({ locator, token, receiptId }) => ({ locator, token, receiptId }));
  const keep = (receipts: Receipt[]) =>
    source.keepReceipts(receipts.map((receipt) => ({ ...ownCopy(receipt), store })));
  try {
    const answers = await changing.changesOf(store).setAside(requests, keep);
    for (const [index, { receiptId }] of part.entries()) outcomes.set(receiptId, answers[index] ?? { outcome: "gone" });
  } catch (error) {
    // Nothing of this part was changed. What was done before it must be told all the same.
    const isFirst = ![...outcomes.values()].some(({ outcome }) => outcome === "set-aside" || outcome === "unknown");
    if (isFirst) throw error;
    const failure = asAppError(error, source.label);
    for (const { receiptId } of part) outcomes.set(receiptId, { outcome: "failed", failure });
    return;
  }
  await source.retell(
    store,
    requests.map(({ locator }) => locator),
  );
}

/** Puts receipts back, store by store. */
export function putBackIn(source: ChangedSource, receipts: readonly KeptReceipt[]): Promise<PutBackOutcome[]> {
  return withStores(source, receipts, (changing, store, part) => changing.changesOf(store).putBack(part), true);
}

/** Removes for good what receipts tell of. */
export function discardIn(source: ChangedSource, receipts: readonly KeptReceipt[]): Promise<DiscardOutcome[]> {
  return withStores(source, receipts, (changing, store, part) => changing.changesOf(store).discard(part), false);
}

/** Asks each store for its own receipts; one that cannot be reached fails for those alone. */
async function withStores<Outcome>(
  source: ChangedSource,
  receipts: readonly KeptReceipt[],
  ask: (changing: ChangeableLayout, store: string, part: readonly KeptReceipt[]) => Promise<Outcome[]>,
  serves: boolean,
): Promise<(Outcome | { outcome: "failed"; failure: AppError })[]> {
  const changing = requireChanging(source);
  const outcomes = new Map<KeptReceipt, Outcome | { outcome: "failed"; failure: AppError }>();
  for (const [store, ofStore] of Map.groupBy(receipts, (receipt) => receipt.store)) {
    try {
      const answers = await ask(changing, store, ofStore);
      for (const [index, answer] of answers.entries()) outcomes.set(ofStore[index] as KeptReceipt, answer);
      if (serves)
        await source.retell(
          store,
          ofStore.map(({ locator }) => locator),
        );
    } catch (error) {
      if (!isAppError(error)) throw error;
      for (const receipt of ofStore) outcomes.set(receipt, { outcome: "failed", failure: error });
    }
  }
  return receipts.map((receipt) => outcomes.get(receipt) ?? { outcome: "failed", failure: noAnswer(source) });
}

/** A part holds so few bytes that they may be in memory, or one thing. */
function inParts(found: readonly Found[]): Found[][] {
  const parts: Found[][] = [];
  let left = 0;
  for (const one of found) {
    if (parts.length === 0 || one.bytes > left) {
      parts.push([]);
      left = mostBytesTogether;
    }
    left -= one.bytes;
    parts.at(-1)?.push(one);
  }
  return parts;
}

/** A view into a larger buffer would take all of that along to another thread. */
function ownCopy(receipt: Receipt): Receipt {
  const { kept } = receipt;
  return "content" in kept ? { ...receipt, kept: { content: Uint8Array.from(kept.content) } } : receipt;
}

function requireChanging({ changing, label }: ChangedSource): ChangeableLayout {
  if (changing) return changing;
  throw new AppError("forbidden", `${label} may only be read.`, {
    remedy: "Take readOnly out of its settings, or start the server without it.",
  });
}

function noAnswer({ label }: ChangedSource): AppError {
  return new AppError("internal", `${label} gave no answer for one of the things asked.`, {
    remedy: "The server's log names the cause.",
  });
}
