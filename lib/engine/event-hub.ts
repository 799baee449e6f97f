import type { Viewer } from "../auth/viewer.ts";
import type { CatalogChange } from "../catalog/contract.ts";

export interface LiveEvent {
  id: number;
  event: "run" | "series" | "cache" | "operation" | "source" | "reset";
  data: { source: string | null; experimentId: string | null; id: string | null; at: string };
}

const kept = 2_000;
/** A burst (an indexing batch of thousands of rows) becomes one event for all: more ids than this are not named one by one. */
const mostNamed = 100;

export interface EventHub {
  publish(sourceId: string, changes: readonly CatalogChange[]): void;
  publishSource(sourceId: string): void;
  publishOperation(sourceId: string, operationId: string): void;
  /**
   * Calls back with each event that the viewer may know of from now on, after those since `lastEventId` (a `reset` when these are no longer
   * kept). Answers the end.
   */
  subscribe(
    viewer: Pick<Viewer, "experiments">,
    lastEventId: number | null,
    listener: (event: LiveEvent) => void,
  ): () => void;
  readonly subscribers: number;
}

/** The live events of this process, numbered; the last few thousand are kept for those who reconnect. */
export function createEventHub(now: () => number): EventHub {
  // Numbers go on after a restart, so that an old Last-Event-ID is recognised as too old or too new, never taken for another event.
  let lastId = now();
  const recent: LiveEvent[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();

  const send = (event: LiveEvent["event"], source: string, experimentId: string | null, id: string | null) => {
    lastId += 1;
    const live: LiveEvent = {
      id: lastId,
      event,
      data: { source, experimentId, id, at: new Date(now()).toISOString() },
    };
    recent.push(live);
    if (recent.length > kept) recent.shift();
    for (const listener of listeners) listener(live);
  };

  return {
    publish(source, changes) {
      for (const [event, group] of groupByEvent(changes)) {
        if (group.length > mostNamed) send(event, source, null, null);
        else for (const change of group) send(event, source, change.experimentId, change.id);
      }
    },
    publishSource: (source) => send("source", source, null, source),
    publishOperation: (source, operation) => send("operation", source, null, operation),
    subscribe({ experiments }, lastEventId, listener) {
      const hear = (event: LiveEvent) => {
        const { experimentId } = event.data;
        if (experimentId === null || experiments === null || experiments.includes(experimentId)) listener(event);
      };
      if (lastEventId !== null) {
        const oldest = recent[0]?.id ?? lastId + 1;
        if (lastEventId > lastId || lastEventId < oldest - 1) listener(resetEvent(lastId, now()));
        else for (const event of recent) if (event.id > lastEventId) hear(event);
      }
      listeners.add(hear);
      return () => {
        listeners.delete(hear);
      };
    },
    get subscribers() {
      return listeners.size;
    },
  };
}

function resetEvent(id: number, at: number): LiveEvent {
  return { id, event: "reset", data: { source: null, experimentId: null, id: null, at: new Date(at).toISOString() } };
}

function groupByEvent(changes: readonly CatalogChange[]): Map<CatalogChange["event"], CatalogChange[]> {
  const groups = new Map<CatalogChange["event"], CatalogChange[]>();
  const seen = new Set<string>();
  for (const change of changes) {
    const key = `${change.event} ${change.experimentId} ${change.id}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const group = groups.get(change.event);
    if (group) group.push(change);
    else groups.set(change.event, [change]);
  }
  return groups;
}
