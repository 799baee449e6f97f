import type { EntryDetail } from "../../lib/domain/entry.ts";
import { EmptyState } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { RelativeTime } from "../ui/values.tsx";
import { EntryRun } from "./entry-facts.tsx";

/** Runs that reused the entry, the latest first; apart from them, whoever made it. */
export function EntryUsers({ entry }: { entry: EntryDetail }) {
  const { produced = [], reused = [] } = Object.groupBy(entry.usedBy, ({ how }) => how);
  return (
    <div className="flex flex-col gap-6">
      {reused.length > 0 ? (
        <UsesTable entry={entry} label="Used by" uses={reused} />
      ) : (
        <EmptyState title="No other run used it">Runs whose records are gone cannot be told.</EmptyState>
      )}
      {produced.length > 0 && (
        <section aria-labelledby="made-by">
          <h2 id="made-by" className="mb-1 text-label font-medium text-quiet">
            Made by
          </h2>
          <UsesTable entry={entry} label="Made by" uses={produced} />
        </section>
      )}
    </div>
  );
}

function UsesTable({ entry, label, uses }: { entry: EntryDetail; label: string; uses: EntryDetail["usedBy"] }) {
  return (
    <table aria-label={label} className="w-full text-label">
      <thead>
        <tr className="text-left text-quiet [&_th]:py-1 [&_th]:font-medium">
          <th scope="col">Run</th>
          <th scope="col" className="w-32">
            How
          </th>
          <th scope="col" className="w-24 text-right">
            When
          </th>
        </tr>
      </thead>
      <tbody>
        {uses.map(({ runId, runName, at, how }) => (
          <tr key={runId} className="border-t border-line">
            <td className="max-w-0 py-1.5 pr-4">
              <EntryRun source={entry.source} runId={runId} name={runName} />
            </td>
            <td className="py-1.5 pr-4">
              <StatusMark name={how === "produced" ? "executed" : "reused"} word={how} />
            </td>
            <td className="py-1.5 text-right whitespace-nowrap">
              <RelativeTime at={at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
