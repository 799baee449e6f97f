import type { CatalogReader, LedgerQuery } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import type { LedgerItem, LedgerTotals } from "../domain/ledger.ts";
import type { PolicyOutcome } from "../domain/policy.ts";
import type { Page } from "../domain/source.ts";
import type { Viewer } from "../domain/viewer.ts";
import { lookIn } from "./scope.ts";
import type { SourceRegistry } from "./source-questions.ts";

type Asked<Query> = Omit<Query, "sources" | "scope"> & { source?: string };

export interface LedgerQuestions {
  ledger(viewer: Viewer, query: Asked<LedgerQuery>): Promise<Page<LedgerItem> & { totals: LedgerTotals }>;
  /** What a policy would take away; nothing is changed. */
  simulatePolicy(
    viewer: Viewer,
    query: { source?: string; experiment?: string; olderThanDays?: number; unusedDays?: number; keepBytes?: number },
  ): Promise<PolicyOutcome>;
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
      const ledger = await reader.ledger({ ...query, ...(await lookIn(registry, reader, viewer, source)) });
      return { ...ledger, items: ledger.items.map(priced), totals: priced(ledger.totals) };
    },
    simulatePolicy: async (viewer, { source, experiment, keepBytes, olderThanDays = 0, unusedDays = 0 }) => {
      if (keepBytes === undefined && olderThanDays === 0 && unusedDays === 0) {
        throw new AppError("bad_request", "No policy is named.", {
          remedy: "Say keepBytes, or olderThanDays, unusedDays or both.",
        });
      }
      const policy = keepBytes === undefined ? { olderThanDays, unusedDays } : { keepBytes };
      return reader.simulatePolicy({ ...(await lookIn(registry, reader, viewer, source)), experiment, policy });
    },
  };
}
