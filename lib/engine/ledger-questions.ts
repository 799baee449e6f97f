import type { Viewer } from "../auth/viewer.ts";
import type { CatalogReader, LedgerQuery } from "../catalog/contract.ts";
import type { LedgerItem, LedgerTotals } from "../domain/ledger.ts";
import type { Page } from "../domain/source.ts";
import { type SourceRegistry, scopeOf } from "./source-questions.ts";

type Asked<Query> = Omit<Query, "sources" | "scope"> & { source?: string };

export interface LedgerQuestions {
  ledger(viewer: Viewer, query: Asked<LedgerQuery>): Promise<Page<LedgerItem> & { totals: LedgerTotals }>;
}

const gib = 2 ** 30;

/** `pricePerGib`: of keeping a GiB for a month; `null`: nothing is said of money. */
export function answerLedger(
  registry: SourceRegistry,
  reader: CatalogReader,
  pricePerGib: number | null,
): LedgerQuestions {
  const priced = <Figures extends LedgerTotals>(figures: Figures): Figures =>
    pricePerGib === null ? figures : { ...figures, cost: (figures.bytes / gib) * pricePerGib };
  return {
    async ledger(viewer, { source, ...query }) {
      const ledger = await reader.ledger({ ...query, sources: registry.pick(source), scope: scopeOf(viewer) });
      return { ...ledger, items: ledger.items.map(priced), totals: priced(ledger.totals) };
    },
  };
}
