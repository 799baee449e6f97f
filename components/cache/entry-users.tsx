import Link from "next/link";
import type { EntryDetail } from "../../lib/domain/entry.ts";
import { NameText } from "../ui/names.tsx";
import { EmptyState } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { RelativeTime } from "../ui/values.tsx";

/** Runs that made or reused the entry, the latest first. */
export function EntryUsers({ entry }: { entry: EntryDetail }) {
  if (entry.usedBy.length === 0)
    return <EmptyState title="No run that is known used it">Runs whose records are gone cannot be told.</EmptyState>;
  return (
    <table className="w-full text-label">
      <thead>
        <tr className="text-left text-quiet">
          <th className="py-1 pr-4 font-medium">Run</th>
          <th className="py-1 pr-4 font-medium">How</th>
          <th className="py-1 text-right font-medium">When</th>
        </tr>
      </thead>
      <tbody>
        {entry.usedBy.map(({ runId, runName, at, how }) => (
          <tr key={runId} className="border-t border-line">
            <td className="max-w-0 py-1.5 pr-4">
              <Link href={`/runs/${entry.source}/${runId}`} className="block min-w-0">
                <NameText name={runName} />
              </Link>
            </td>
            <td className="py-1.5 pr-4">
              <StatusMark name={how === "produced" ? "executed" : "reused"} word={how} />
            </td>
            <td className="py-1.5 text-right">
              <RelativeTime at={at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
