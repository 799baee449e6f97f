"use client";
import { useQueries, useQuery } from "@tanstack/react-query";
import { parseFilter } from "../../../lib/domain/filter/parse.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { reconcileQueries } from "../../../lib/queries/reconcile-queries.ts";
import { oldestOf, sourceQueries } from "../../../lib/queries/source-queries.ts";
import { FilterBar } from "../../ui/filter/filter-bar.tsx";
import { formatCount } from "../../ui/format.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { StaleBadge } from "../../ui/states.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { useTrail } from "../../ui/trail.ts";
import { useUrlState } from "../../ui/url-state.ts";
import { CacheSections } from "../cache-sections.tsx";
import { entryFilterWords } from "../entry-filter-words.ts";
import { SourceSelect } from "../source-select.tsx";
import { reconcileKinds } from "./kinds.ts";
import { ReconcileList } from "./reconcile-list.tsx";

/** Where index and payloads do not agree: each kind with its count, its rows and what mends it. */
export function ReconcilePage() {
  const { get, change } = useUrlState();
  useTrail([{ label: "Cache", href: "/cache" }, { label: "Reconcile" }]);
  const source = get("source");
  const q = get("q") ?? "";
  const sources = useQuery(sourceQueries.list()).data?.items ?? none;
  const filter = { source, q };
  const counts = useQueries({ queries: reconcileKinds.map(({ side }) => reconcileQueries.count(side, filter)) });
  const kind = reconcileKinds.find(({ side }) => side === get("kind")) ?? reconcileKinds[0]!;
  return (
    <div className="flex h-full min-h-0 flex-col [&>[role=tabpanel]]:min-h-0 [&>[role=tabpanel]]:flex-1">
      <PageHeader title="Cache" actions={<SourceSelect sources={sources} value={source} onChange={change} />}>
        <CacheSections at="Reconcile" />
        <StaleBadge asOf={oldestOf(sources)} after={120} />
      </PageHeader>
      <div className="px-4 pb-2">
        <FilterBar
          label="Filter what does not agree"
          value={q}
          onCommit={(text) => change({ q: text })}
          check={(text) => parseFilter(text, "entries").problem}
          words={words}
          placeholder="process = train_sgd and size > 1MiB"
        />
      </div>
      <Tabs
        label="What does not agree"
        className="px-4"
        tabs={reconcileKinds.map(({ side, tab }, index) => {
          const total = counts[index]?.data;
          return { id: side, label: tab, ...(total && { count: formatCount(total.value) }) };
        })}
        value={kind.side}
        onChange={(side) => change({ kind: side === reconcileKinds[0]!.side ? null : side }, "push")}
      >
        <ReconcileList
          key={kind.side}
          kind={kind}
          filter={filter}
          sources={sources}
          onClear={() => change({ q: null })}
        />
      </Tabs>
    </div>
  );
}

const none: readonly Source[] = [];
const words = entryFilterWords([]);
