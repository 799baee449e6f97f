"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useId, useState } from "react";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { runQueries } from "../../lib/queries/run-queries.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Input } from "../ui/input.tsx";
import { NameText } from "../ui/names.tsx";
import { RunDot } from "../ui/run-dot.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { places } from "./places.ts";

interface Hit {
  id: string;
  href: string;
  group: string;
  content: ReactNode;
}

/** Goes anywhere by name: pages, runs, cache entries. */
export function SearchDialog({ onClose }: { onClose(): void }) {
  const router = useRouter();
  const listId = useId();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const hits = useHits(useDeferredValue(words.trim()));
  useEffect(() => setAt((current) => Math.min(current, Math.max(0, hits.length - 1))), [hits.length]);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    router.push(hit.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) {
      event.preventDefault();
      const next = (at + step + hits.length) % hits.length;
      setAt(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") go(hits[at]);
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <Input
        data-autofocus
        role="combobox"
        aria-label="Search runs, cache entries and pages"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={hits[at] ? `${listId}-${at}` : undefined}
        placeholder="Name of a run, a step, a page…"
        className="w-full"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Found" className="mt-2 h-80 overflow-auto">
        {hits.map((hit, index) => (
          <div key={hit.id} role="presentation">
            {hit.group !== hits[index - 1]?.group && (
              <p className="px-2 pt-2 pb-1 text-label text-quiet">{hit.group}</p>
            )}
            {/* biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus and points here by aria-activedescendant */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the combobox does it */}
            <div
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === at}
              onClick={() => go(hit)}
              onPointerMove={() => setAt(index)}
              className="flex cursor-pointer items-center gap-2 rounded-sm px-2 py-1.5 aria-selected:bg-selected"
            >
              {hit.content}
            </div>
          </div>
        ))}
        {hits.length === 0 && <p className="px-2 py-8 text-center text-quiet">Nothing has that name.</p>}
      </div>
    </Dialog>
  );
}

function useHits(words: string): Hit[] {
  const q = words ? quoteWords(words) : undefined;
  const runs = useQuery(runQueries.latest({ ...(q && { q }), columns: [] }, 8)).data?.items ?? [];
  const entries = useQuery({ ...cacheQueries.some({ ...(q && { q }) }, 6), enabled: words !== "" }).data?.items ?? [];
  const pages = places.filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  return [
    ...runs.map((run) => ({
      id: `run ${run.source} ${run.id}`,
      href: `/runs/${run.source}/${run.id}`,
      group: words ? "Runs" : "Latest runs",
      content: (
        <>
          <RunDot runId={run.id} />
          <NameText name={run.name} className="flex-1" />
          <span className="truncate text-label text-quiet">{run.experimentName}</span>
          <StatusMark name={run.status} short />
        </>
      ),
    })),
    ...(words ? entries : []).map((entry) => ({
      id: `entry ${entry.source} ${entry.id}`,
      href: `/cache/${entry.source}/${entry.id}`,
      group: "Cache entries",
      content: (
        <>
          <NameText name={[entry.process, entry.step].filter(Boolean).join(" ▸ ") || entry.key} className="flex-1" />
          <code className="font-mono text-label text-quiet">{entry.keyParts[0]?.value.slice(0, 8)}</code>
          <StatusMark name={entry.state} short />
        </>
      ),
    })),
    ...pages.map(({ href, label, picture: Picture }) => ({
      id: `page ${href}`,
      href,
      group: "Pages",
      content: (
        <>
          <Picture aria-hidden className="size-4 text-quiet" />
          {label}
        </>
      ),
    })),
  ];
}

/** Free words of the filter language: each must be in the name; quoted, so that no word is taken for a field or an operator. */
function quoteWords(words: string): string {
  return words
    .split(/\s+/)
    .map((word) => `"${word.replace(/[\\"]/g, "\\$&")}"`)
    .join(" ");
}
