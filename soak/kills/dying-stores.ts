import type { StoreChanges } from "../../lib/contracts/changes.ts";
import {
  type ChangedSource,
  discardIn as discardInReally,
  putBackIn as putBackInReally,
  recheckIn as recheckInReally,
  setAsideIn as setAsideInReally,
} from "../../lib/sources/change-source.ts";
import { pass } from "./executioner.ts";
import type { Slot } from "./kill-points.ts";

/** What changes sources, in whose stores the process may be killed before, during and after each change. */
export const recheckIn = recheckInReally;
export const setAsideIn: typeof setAsideInReally = (source, wanted) => setAsideInReally(dying(source), wanted);
export const putBackIn: typeof putBackInReally = (source, receipts) => putBackInReally(dying(source), receipts);
export const discardIn: typeof discardInReally = (source, receipts) => discardInReally(dying(source), receipts);

function dying(source: ChangedSource): ChangedSource {
  const { changing } = source;
  if (!changing) return source;
  const changesOf = (store: string) =>
    dyingChanges(changing.changesOf(store), store.startsWith("blobs:") ? "blobs" : "index");
  return { ...source, changing: { ...changing, changesOf } };
}

function dyingChanges(changes: StoreChanges, slot: Slot): StoreChanges {
  const during = async <Outcome>(change: () => Promise<Outcome>): Promise<Outcome> => {
    pass("before the store is asked", slot);
    pass("while the store changes", slot);
    const outcome = await change();
    pass("store changed", slot);
    return outcome;
  };
  return {
    ...changes,
    async setAside(requests, keep) {
      const outcomes = await changes.setAside(requests, async (receipts) => {
        await keep(receipts);
        pass("while the store changes", slot);
      });
      pass("store changed", slot);
      return outcomes;
    },
    putBack: (receipts) => during(() => changes.putBack(receipts)),
    discard: (receipts) => during(() => changes.discard(receipts)),
  };
}
