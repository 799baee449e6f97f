import { setImmediate } from "node:timers/promises";
import type { PutBackOutcome, Receipt, SetAsideOutcome, StoreChanges } from "../changes.ts";

/** What a race needs: the changes under test, and a second client that writes and reads past the product. */
export interface RacedStore {
  changes: StoreChanges;
  locator(name: string): string;
  put(name: string, content: string): Promise<void>;
  read(name: string): Promise<string | null>;
  remove(name: string): Promise<void>;
  /** Milliseconds that one change takes about, so that writes meet it at each of its moments; 2 unless said. */
  changeMs?: number;
}

export interface RaceTally {
  setAside: number;
  putBack: number;
  /** Times that a change gave way to the writer. */
  refused: number;
  /** Rounds after which the newest value was neither in the store nor in a receipt. */
  lost: string[];
}

/**
 * A writer and a changer meet on one thing, round after round. The writer alone writes new values, so the newest must in the end be in the store
 * or, when it was set aside, come out of a receipt: anything else means that a change removed or overwrote what it had not kept. `from`: the number of the
 * first round, where there were others on this store.
 */
export async function raceChanges(
  store: RacedStore,
  { rounds, from = 0 }: { rounds: number; from?: number },
): Promise<RaceTally> {
  const tally: RaceTally = { setAside: 0, putBack: 0, refused: 0, lost: [] };
  for (let round = from; round < from + rounds; round++) {
    const name = `raced ${round % 7}`;
    await store.put(name, `${round}.0`);
    const [newest, aside] = await Promise.all([write(store, name, round), change(store, name, round, tally)]);
    if (!(await isThere(store, name, newest, aside))) tally.lost.push(`${name} ${newest}`);
  }
  return tally;
}

async function write(store: RacedStore, name: string, round: number): Promise<string> {
  let newest = "";
  const writes = 1 + Math.floor(Math.random() * 3);
  for (let nth = 1; nth <= writes; nth++) {
    await spin(Math.random() * (store.changeMs ?? 2));
    newest = `${round}.${nth}`;
    await store.put(name, newest);
  }
  return newest;
}

/** Sets aside and puts back, and answers the receipts of what then still lies aside. */
async function change(store: RacedStore, name: string, round: number, tally: RaceTally): Promise<Receipt[]> {
  const aside: Receipt[] = [];
  for (let nth = 0; nth < 2; nth++) {
    await spin((Math.random() * (store.changeMs ?? 2)) / 2);
    const [thing] = await store.changes.stat([store.locator(name)]);
    if (!thing) continue;
    const kept: Receipt[] = [];
    const request = { locator: store.locator(name), token: thing.token, receiptId: `race-${round}-${nth}` };
    const [outcome] = await store.changes.setAside([request], async (given) => {
      kept.push(...given);
      await spin((Math.random() * (store.changeMs ?? 2)) / 2);
    });
    count(tally, outcome);
    if (outcome?.outcome !== "set-aside") continue;
    aside.push(...kept);
    if (Math.random() < 0.5) continue;
    await spin((Math.random() * (store.changeMs ?? 2)) / 2);
    const [back] = await store.changes.putBack(kept);
    count(tally, back);
    if (back?.outcome === "restored") aside.pop();
  }
  return aside;
}

function count(tally: RaceTally, answer: SetAsideOutcome | PutBackOutcome | undefined): void {
  if (answer?.outcome === "set-aside") tally.setAside += 1;
  else if (answer?.outcome === "restored") tally.putBack += 1;
  else if (answer?.outcome === "lost") tally.lost.push("a receipt that had been kept");
  else if (answer && "failure" in answer) throw answer.failure;
  else tally.refused += 1;
}

async function isThere(store: RacedStore, name: string, newest: string, aside: readonly Receipt[]): Promise<boolean> {
  if ((await store.read(name)) === newest) return true;
  for (const receipt of aside) {
    await store.remove(name);
    await store.changes.putBack([receipt]);
    if ((await store.read(name)) === newest) return true;
  }
  return false;
}

/** Waits without a timer, whose step is longer than a change takes. */
async function spin(ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) await setImmediate();
}
