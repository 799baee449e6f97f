"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ArtifactDetail } from "../../lib/domain/entry.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { RunDot } from "../ui/run-dot.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { Bytes, RelativeTime } from "../ui/values.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

/** Whose the artifact is, who used it, and its name as stored. */
export function ArtifactFacts({ artifact }: { artifact: ArtifactDetail }) {
  const { source, producer, entryId } = artifact;
  const usedBy = artifact.usedBy.filter(({ runId }) => runId !== producer?.runId);
  return (
    <aside aria-label="Facts" className="flex min-w-0 flex-col gap-4">
      <Facts>
        <Fact name="Size">
          <Bytes value={artifact.bytes} />
        </Fact>
        <Fact name="File changed">
          <RelativeTime at={artifact.modifiedAt} />
        </Fact>
        {producer && (
          <Fact name="Written by">
            <RunLink source={source} run={producer} />
          </Fact>
        )}
        {artifact.replacedSince && (
          <Fact name="Replaced">
            <span className="text-amber">A later run wrote over it; the run above made another version of it.</span>
          </Fact>
        )}
        {entryId && (
          <Fact name="Cache entry">
            <EntryLink source={source} entryId={entryId} />
          </Fact>
        )}
        <Fact name="Named by">
          {artifact.orphan ? (
            <StatusMark name="orphan" reason="No entry of the cache names it." />
          ) : artifact.sharedBy === 0 ? (
            "nothing"
          ) : (
            formatPlural(artifact.sharedBy, "record")
          )}
        </Fact>
      </Facts>
      {usedBy.length > 0 && (
        <section>
          <h2 className="mb-1 text-label font-medium text-quiet">Used by {formatPlural(usedBy.length, "run")}</h2>
          <ul className="text-label">
            {usedBy.map((run) => (
              <li key={run.runId} className="py-0.5">
                <RunLink source={source} run={run} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2 className="mb-1 flex items-center gap-1 text-label font-medium text-quiet">
          Name as stored <CopyButton text={artifact.name} label="Copy the name" />
        </h2>
        <ScrollBox label="Name as stored" className="max-h-48">
          <code className="font-mono text-label break-all" translate="no">
            {escapeInvisible(artifact.name)}
          </code>
        </ScrollBox>
      </section>
    </aside>
  );
}

function RunLink({ source, run }: { source: string; run: { runId: string; runName: string } }) {
  return (
    <Link href={`/runs/${source}/${run.runId}`} prefetch={false} className="flex min-w-0 items-center gap-1.5">
      <RunDot runId={run.runId} />
      <NameText name={run.runName} />
    </Link>
  );
}

/** The entry by what it is of, as soon as that is known. */
function EntryLink({ source, entryId }: { source: string; entryId: string }) {
  const entry = useQuery(cacheQueries.entry(source, entryId)).data;
  const name = [entry?.process, entry?.step].filter(Boolean).join(" ▸ ") || "the entry that names it";
  return (
    <Link href={`/cache/${source}/${entryId}`} prefetch={false} className="flex min-w-0">
      <NameText name={name} />
    </Link>
  );
}
