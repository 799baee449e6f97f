import Link from "next/link";
import type { EntryDetail } from "../../lib/domain/entry.ts";
import { formatDuration, formatPlural } from "../ui/format.ts";
import { HashText, NameText } from "../ui/names.tsx";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { Bytes, Duration, RelativeTime } from "../ui/values.tsx";

/** Key parts, producer, times, size, life and what it has saved. */
export function EntryFacts({ entry }: { entry: EntryDetail }) {
  return (
    <Facts>
      {entry.keyParts.map(({ name, value }) => (
        <Fact key={name} name={`${name} hash`}>
          <HashText hash={value} />
        </Fact>
      ))}
      {entry.version && (
        <Fact name="version">
          <HashText hash={entry.version} />
        </Fact>
      )}
      <Fact name="Producer">
        {entry.producerRunId ? (
          <Link href={`/runs/${entry.source}/${entry.producerRunId}`} className="block min-w-0">
            <NameText name={entry.producerRunName ?? entry.producerRunId} />
          </Link>
        ) : (
          <span className="text-faint">not recorded</span>
        )}
      </Fact>
      <Fact name="Made">
        <RelativeTime at={entry.createdAt} />
      </Fact>
      <Fact name="Took">
        <Duration seconds={entry.executionSeconds} />
      </Fact>
      <Fact name="Uses">{entry.uses === 0 ? "no other run so far" : formatPlural(entry.uses, "hit")}</Fact>
      <Fact name="Last used">
        <RelativeTime at={entry.lastUsedAt} />
      </Fact>
      <Fact name="Time saved">
        <Duration seconds={entry.savedSeconds} />
      </Fact>
      <Fact name="Result size">
        <Bytes value={entry.bytes} />
      </Fact>
      <Fact name="Expires">{entry.expiresAt ? <RelativeTime at={entry.expiresAt} /> : <Life entry={entry} />}</Fact>
    </Facts>
  );
}

function Life({ entry }: { entry: EntryDetail }) {
  if (!entry.ttl) return <span className="text-faint">never</span>;
  const words = formatDuration(entry.ttl.seconds);
  return <>{entry.ttl.enforced ? words : `never (a life of ${words} is set, but not enforced here)`}</>;
}
