import Link from "next/link";
import type { EntryDetail } from "../../lib/domain/entry.ts";
import { formatDuration, formatPlural } from "../ui/format.ts";
import { HashText, isHash, NameText } from "../ui/names.tsx";
import { RunDot } from "../ui/run-dot.tsx";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { Bytes, Duration, RelativeTime } from "../ui/values.tsx";

/** Key parts, producer, times, size, life and what it has saved. */
export function EntryFacts({ entry }: { entry: EntryDetail }) {
  const { keyParts, version } = entry;
  const parts =
    version === null || keyParts.some(({ name }) => name === "version")
      ? keyParts
      : [...keyParts, { name: "version", value: version }];
  return (
    <Facts>
      {parts.map(({ name, value }) => (
        <Fact key={name} name={isHash(value) ? `${name} hash` : name}>
          {isHash(value) ? <HashText hash={value} /> : <NameText name={value} />}
        </Fact>
      ))}
      <Fact name="Producer">
        {entry.producerRunId ? (
          <span className="flex min-w-0 flex-col">
            <EntryRun source={entry.source} runId={entry.producerRunId} name={entry.producerRunName} />
            {entry.process !== null && entry.producerRunName !== null && (
              <Link href={hrefOfWhy(entry.source, entry.producerRunId, entry.process, entry.step)} prefetch={false}>
                Why it was made
              </Link>
            )}
          </span>
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

/** Where the page of its producer tells why it was made. */
function hrefOfWhy(source: string, runId: string, process: string, step: string | null): string {
  return `/runs/${source}/${runId}?${new URLSearchParams({ why: process, ...(step !== null && { whyStep: step }) })}`;
}

/** A run that made or used the entry, by its colour and name. */
export function EntryRun({ source, runId, name }: { source: string; runId: string; name: string | null }) {
  return (
    <Link href={`/runs/${source}/${runId}`} prefetch={false} className="flex min-w-0 items-center gap-1.5">
      <RunDot runId={runId} />
      <NameText name={name ?? runId} />
    </Link>
  );
}

function Life({ entry }: { entry: EntryDetail }) {
  if (!entry.ttl) return <span className="text-faint">never</span>;
  const words = formatDuration(entry.ttl.seconds);
  return <>{entry.ttl.enforced ? words : `never (a life of ${words} is set, but not enforced here)`}</>;
}
