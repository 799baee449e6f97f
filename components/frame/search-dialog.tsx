"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { runQueries } from "../../lib/queries/run-queries.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Input } from "../ui/input.tsx";
import { NameText } from "../ui/names.tsx";
import { RunDot } from "../ui/run-dot.tsx";
import { InlineError } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
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
  const wanted = words.trim();
  const deferred = useDeferredValue(wanted);
  const { hits, error, retry, ...answer } = useHits(deferred);
  const settled = answer.settled && deferred === wanted;
  // Enter before the hits of what is written are there takes the first as soon as they are.
  const [hurried, setHurried] = useState(false);
  useEffect(() => setAt((current) => Math.min(current, Math.max(0, hits.length - 1))), [hits.length]);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    router.push(hit.href);
  };
  const latest = useRef(() => go(hits[at]));
  latest.current = () => go(hits[at]);
  useEffect(() => {
    if (!hurried || !settled) return;
    setHurried(false);
    latest.current();
  }, [hurried, settled]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) {
      event.preventDefault();
      const next = (at + step + hits.length) % hits.length;
      setAt(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") setHurried(true);
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
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
          setHurried(false);
        }}
        onKeyDown={onKeyDown}
      />
      {error && (
        <div className="mt-2">
          <InlineError error={error} onRetry={retry} />
        </div>
      )}
      <div
        id={listId}
        role="listbox"
        aria-label="Found"
        aria-busy={!settled}
        className="mt-2 h-80 overflow-auto aria-busy:opacity-60"
      >
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
        {hits.length === 0 && !error && (
          <p className="px-2 py-8 text-center text-quiet">{settled ? "Nothing has that name." : "Searching…"}</p>
        )}
      </div>
    </Dialog>
  );
}

/** What has these words in its name. Until the answers to them are there (`settled`) it is what had the words before. */
function useHits(words: string) {
  const q = words ? quoteWords(words) : undefined;
  const runAnswer = useQuery(runQueries.latest({ ...(q && { q }), columns: [] }, 8));
  const entryAnswer = useQuery({ ...cacheQueries.some({ ...(q && { q }) }, 6), enabled: words !== "" });
  const runs = runAnswer.data?.items ?? [];
  const entries = entryAnswer.data?.items ?? [];
  const asked = words === "" ? [runAnswer] : [runAnswer, entryAnswer];
  const settled = asked.every(({ isPending, isPlaceholderData }) => !isPending && !isPlaceholderData);
  const error = asked.find(({ isError, data }) => isError && !data)?.error ?? null;
  const retry = () => void Promise.all(asked.map(({ refetch }) => refetch()));
  const pages = places.filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  const hits: Hit[] = [
    ...runs.map((run) => ({
      id: `run ${run.source} ${run.id}`,
      href: `/runs/${run.source}/${run.id}`,
      group: words ? "Runs" : "Latest runs",
      content: (
        <>
          <RunDot runId={run.id} />
          <NameText name={run.name} className="flex-1" />
          <NameText name={run.experimentName} className="max-w-40 text-label text-quiet" />
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
          <code className="font-mono text-label text-quiet">
            {escapeInvisible(entry.keyParts[0]?.value.slice(0, 8) ?? "")}
          </code>
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
  return { hits, settled, error, retry };
}

/** Free words of the filter language: each must be in the name; quoted, so that no word is taken for a field or an operator. */
function quoteWords(words: string): string {
  return words
    .split(/\s+/)
    .map((word) => `"${word.replace(/[\\"]/g, "\\$&")}"`)
    .join(" ");
}
