import { hash } from "node:crypto";
import { setImmediate as breathe } from "node:timers/promises";
import type { KeptPlanItem } from "../state/plans.ts";

/** Items that are looked at before others get their turn. */
const atOnce = 1_000;

/**
 * Equal only for exactly these contents of exactly this store, in whatever order they were found: the sum of the hashes of all items. Sorting a
 * hundred thousand would hold everyone else up.
 */
export async function fingerprintOf(source: string, identity: string, items: readonly KeptPlanItem[]): Promise<string> {
  const sum = new BigUint64Array(4);
  const add = (text: string) => {
    const words = new BigUint64Array(Uint8Array.from(hash("sha256", text, "buffer")).buffer);
    for (const [at, word] of words.entries()) sum[at]! += word;
  };
  add(JSON.stringify([source, identity, items.length]));
  for (const [index, { locators, token, change }] of items.entries()) {
    if (index % atOnce === atOnce - 1) await breathe();
    add(JSON.stringify(change ? [locators, token, change] : [locators, token]));
  }
  return Buffer.from(sum.buffer).toString("hex");
}
