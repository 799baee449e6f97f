import { onTestFinished } from "vitest";
import type { OpenSlots } from "../../../contracts/layout.ts";
import type { Fact, RunFact } from "../../../domain/facts.ts";
import { expopsLayout } from "../index.ts";
import { FactStore, gatherFacts } from "./collect-facts.ts";

/** A layout that was scanned once and is watched until the test ends; what the watch tells comes into `told`. */
export async function watchLayout(slots: OpenSlots, now: number) {
  const store = new FactStore(now);
  const layout = await expopsLayout.open(slots, store.context);
  const ending = new AbortController();
  const first = await gatherFacts(layout.scan(store.context, ending.signal), store);
  const told: Fact[] = [];
  const watching = (async () => {
    for await (const facts of layout.watch?.(store.context, ending.signal) ?? []) {
      store.put(facts);
      told.push(...facts);
    }
  })();
  onTestFinished(async () => {
    ending.abort();
    await watching;
  });
  const lastRun = (name: string): RunFact | undefined =>
    told.flatMap((fact) => (fact.kind === "run" && fact.run.name === name ? [fact.run] : [])).at(-1);
  return { layout, store, first, told, lastRun };
}
