import type { CatalogReader } from "../catalog/contract.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";

/** The page of an entry asks anew after each change of it: the store is not asked as often. */
const restMillis = 2_000;
const mostRemembered = 1_000;
const mostFiles = 50;

/**
 * Looks in the store whether an entry that somebody looks at, and the files of its result, are as the catalog tells; what is not is told as any
 * change, at once instead of after the next sweep. Nobody waits for it, and where a source is only read it does nothing.
 */
export function openLookAgain(
  reader: Pick<CatalogReader, "plannedEntries" | "plannedPayloads">,
  sources: Pick<SourcesApi, "recheck">,
): (source: string, entry: string) => void {
  const lookedAt = new Map<string, number>();

  const look = async (source: string, entry: string) => {
    const query = { entries: [entry], scope: { experiments: null }, after: null, limit: 1 };
    const [{ items }, payloads] = await Promise.all([
      reader.plannedEntries(source, query),
      reader.plannedPayloads(source, [entry]),
    ]);
    const files = payloads.slice(0, mostFiles).map((payload) => ({ ...payload, of: "artifact" as const }));
    const told = [...items, ...files].map(({ of, locator, token }) => ({ of, locator, token }));
    await sources.recheck(source, told);
  };

  return (source, entry) => {
    const key = JSON.stringify([source, entry]);
    const now = performance.now();
    if (now - (lookedAt.get(key) ?? Number.NEGATIVE_INFINITY) < restMillis) return;
    lookedAt.delete(key);
    lookedAt.set(key, now);
    const [oldest] = lookedAt.keys();
    if (lookedAt.size > mostRemembered && oldest !== undefined) lookedAt.delete(oldest);
    look(source, entry).catch(() => undefined);
  };
}
