import type { Source } from "../../lib/domain/source.ts";
import type { Overview } from "../../lib/queries/source-queries.ts";
import { formatPlural } from "../ui/format.ts";

export interface Attention {
  id: string;
  mark: "unreachable" | "broken" | "orphan" | "failed" | "stalled";
  title: string;
  /** Why it matters or how to mend it. */
  words: string;
  href?: string;
}

/** What someone should look at, worst first. */
export function findAttention(sources: readonly Source[], figures: Overview | undefined): Attention[] {
  const found: Attention[] = sources
    .filter(({ status }) => status === "unreachable")
    .map(({ id, label, error }) => ({
      id: `source ${id}`,
      mark: "unreachable",
      title: `${label} is unreachable`,
      words: [error?.message, error?.remedy]
        .filter((part) => part !== undefined)
        .map(asSentence)
        .join(" "),
    }));
  if (!figures) return found;
  const { brokenEntries, orphanPayloads, runs } = figures;
  if (brokenEntries > 0) {
    found.push({
      id: "broken",
      mark: "broken",
      title: formatPlural(brokenEntries, "broken entry", "broken entries"),
      words: "The index names a result whose file is gone: the next lookup misses and the step runs again.",
      href: "/cache?state=broken",
    });
  }
  if ((runs.stalled ?? 0) > 0) {
    found.push({
      id: "stalled",
      mark: "stalled",
      title: formatPlural(runs.stalled ?? 0, "stalled run"),
      words: "It says running, but nothing has changed for long.",
      href: `/runs?q=${encodeURIComponent("status = stalled")}`,
    });
  }
  if (orphanPayloads > 0) {
    found.push({
      id: "orphans",
      mark: "orphan",
      title: formatPlural(orphanPayloads, "orphan payload"),
      words: "Files of the cache that no entry names: they take room and are never used.",
      href: "/cache?state=orphan",
    });
  }
  return found;
}

/** What a driver says of its store ends without a full stop. */
function asSentence(words: string): string {
  return /[.!?]$|https:\S+$/.test(words) ? words : `${words}.`;
}
