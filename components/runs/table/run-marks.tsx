"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { formatPlural } from "../../ui/format.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";

/** A row that is only scrolled past is not looked at. */
const lookMillis = 300;

/** What a run's row has to say beside its name: that it is still to be read, else how many warnings there are. */
export function RunMarks({ run }: { run: ReadRun }) {
  const unread = run.warnings.find(({ code }) => code === "not-read-yet");
  if (unread) return <UnreadMark source={run.source} run={run.id} sentence={unread.sentence} />;
  if (run.warnings.length === 0) return null;
  return (
    <span
      role="img"
      aria-label={formatPlural(run.warnings.length, "warning")}
      className="shrink-0 font-semibold text-amber"
      data-tip={run.warnings.map(({ sentence }) => escapeInvisible(sentence)).join("\n")}
    >
      !
    </span>
  );
}

/** Asks for the run once it is in view: what is looked at is read before the rest, and its row then changes by itself. */
function UnreadMark({ source, run, sentence }: { source: string; run: string; sentence: string }) {
  const client = useQueryClient();
  useEffect(() => {
    const timer = setTimeout(() => void client.prefetchQuery(runQueries.metrics(source, run)), lookMillis);
    return () => clearTimeout(timer);
  }, [client, source, run]);
  return (
    <span role="img" aria-label="still to be read" className="shrink-0 text-faint" data-tip={sentence}>
      …
    </span>
  );
}
