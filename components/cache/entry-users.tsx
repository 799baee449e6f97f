import type { EntryDetail } from "../../lib/domain/entry.ts";
import { EmptyState } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { RelativeTime } from "../ui/values.tsx";
import { EntryRun } from "./entry-facts.tsx";

/** Runs that made or reused the entry, the latest first. */
export function EntryUsers({ entry }: { entry: EntryDetail }) {
  if (entry.usedBy.length === 0)
    return <EmptyState title="No run that is known used it">Runs whose records are gone cannot be told.</EmptyState>;
  return (
    <table className="w-full text-label">
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
        {entry.usedBy.map(({ runId, runName, at, how }) => (
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
