import type { QueryKey } from "@tanstack/react-query";
import { artifactQueries } from "./artifact-queries.ts";
import { cacheQueries } from "./cache-queries.ts";
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

/** Which answers an event makes stale, as prefixes of query keys. An empty prefix is all. */
export function keysOf(event: LiveEvent): QueryKey[] {
  const { source, id } = event;
  const run = source && id ? [runQueries.one(source, id)] : [["run"]];
  const entry = source && id ? [["entry", source, id]] : [["entry"]];
  switch (event.name) {
    case "run":
      return [runQueries.lists(), overviewQueries.all(), ...run];
    case "series":
      return [runQueries.lists(), ...run];
    case "cache":
      return [cacheQueries.lists(), artifactQueries.lists(), overviewQueries.all(), ...entry];
    case "source":
    case "operation":
      return [sourceQueries.all(), overviewQueries.all()];
    case "reset":
      return [[]];
  }
}

/** Refreshes at most once a second for each key: at once for the first event, then once for all that came meanwhile. */
export function createLiveRefresh(
  invalidate: (key: QueryKey) => unknown,
  pause = 1000,
): { take(event: LiveEvent): void; stop(): void } {
  const waiting = new Map<string, { again: boolean; timer: ReturnType<typeof setTimeout> }>();
  const refresh = (key: QueryKey) => {
    const name = JSON.stringify(key);
    const held = waiting.get(name);
    if (held) {
      held.again = true;
      return;
    }
    invalidate(key);
    const timer = setTimeout(() => {
      const again = waiting.get(name)?.again;
      waiting.delete(name);
      if (again) refresh(key);
    }, pause);
    waiting.set(name, { again: false, timer });
  };
  return {
    take: (event) => keysOf(event).forEach(refresh),
    stop: () => {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
