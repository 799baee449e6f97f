import type { QueryKey } from "@tanstack/react-query";
import { artifactQueries } from "./artifact-queries.ts";
import { cacheQueries } from "./cache-queries.ts";
import { operationQueries } from "./operation-queries.ts";
import { runQueries } from "./run-queries.ts";
import { overviewQueries, sourceQueries } from "./source-queries.ts";

export const liveEventNames = ["run", "series", "cache", "operation", "source", "reset"] as const;
export type LiveEventName = (typeof liveEventNames)[number];

/** A change that the server tells: of what, in which source, and of which thing where it knows. */
export interface LiveEvent {
  name: LiveEventName;
  source: string | null;
  experimentId: string | null;
  id: string | null;
}

/** Answers whose keys begin with `key` (empty: all); with `holding`, only those that hold these values. */
export interface StaleAnswers {
  key: QueryKey;
  holding?: Readonly<Record<string, unknown>>;
}

/** Which answers an event makes stale. */
export function staleAfter(event: LiveEvent): StaleAnswers[] {
  const { source, id } = event;
  const thing = source && id ? { source, id } : undefined;
  const run = [{ key: thing ? runQueries.one(thing.source, thing.id) : ["run"] }, { key: runQueries.seriesOf(thing) }];
  switch (event.name) {
    case "run":
      // A run may have left charts.
      return [{ key: runQueries.lists() }, { key: artifactQueries.lists() }, { key: overviewQueries.all() }, ...run];
    case "series":
      return [{ key: runQueries.lists() }, ...run];
    case "cache":
      return [
        { key: cacheQueries.lists() },
        { key: artifactQueries.lists() },
        { key: overviewQueries.all() },
        { key: thing ? ["entry", thing.source, thing.id] : ["entry"] },
        // An event tells of an entry, not of its files.
        { key: artifactQueries.details(source), ...(thing && { holding: { entryId: thing.id } }) },
      ];
    case "source":
      return [{ key: sourceQueries.all() }, { key: overviewQueries.all() }];
    case "operation":
      return [{ key: operationQueries.all() }];
    case "reset":
      return [{ key: [] }];
  }
}

/** Refreshes at most once a second for each: at once for the first event, then once for all that came meanwhile. */
export function createLiveRefresh(
  invalidate: (stale: StaleAnswers) => unknown,
  pause = 1000,
): { take(event: LiveEvent): void; stop(): void } {
  const waiting = new Map<string, { again: boolean; timer: ReturnType<typeof setTimeout> }>();
  const refresh = (stale: StaleAnswers) => {
    const name = JSON.stringify(stale);
    const held = waiting.get(name);
    if (held) {
      held.again = true;
      return;
    }
    invalidate(stale);
    const timer = setTimeout(() => {
      const again = waiting.get(name)?.again;
      waiting.delete(name);
      if (again) refresh(stale);
    }, pause);
    waiting.set(name, { again: false, timer });
  };
  return {
    take: (event) => staleAfter(event).forEach(refresh),
    stop: () => {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
