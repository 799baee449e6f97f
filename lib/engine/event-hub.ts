import type { CatalogChange } from "../catalog/contract.ts";
import { grantOf, maySee, type Viewer } from "../domain/viewer.ts";

export interface LiveEvent {
  id: number;
  event: "run" | "series" | "cache" | "operation" | "source" | "reset";
  data: { source: string | null; experimentId: string | null; id: string | null; at: string };
}

const kept = 2_000;
/** A burst (an indexing batch of thousands of rows) becomes one event for all: more ids than this are not named one by one. */
const mostNamed = 100;

interface Kept {
  live: LiveEvent;
  maySeeIt(viewer: Viewer): boolean;
}

export interface EventHub {
  publish(sourceId: string, changes: readonly CatalogChange[]): void;
  publishSource(sourceId: string): void;
  /** `maySeeIt`: whether someone may know of the operation. */
  publishOperation(sourceId: string, operationId: string, maySeeIt: (viewer: Viewer) => boolean): void;
  /**
   * Calls back with each event that the viewer may know of from now on, after those since `lastEventId` (a `reset` when these are no longer
   * kept). Answers the end.
   */
  subscribe(viewer: Viewer, lastEventId: number | null, listener: (event: LiveEvent) => void): () => void;
  readonly subscribers: number;
}

/** The live events of this process, numbered; the last few thousand are kept for those who reconnect. */
export function createEventHub(now: () => number): EventHub {
  // Numbers go on after a restart, so that an old Last-Event-ID is recognised as too old or too new, never taken for another event.
  let lastId = now();
  const recent: Kept[] = [];
  const listeners = new Set<(kept: Kept) => void>();

  const send = (
    event: LiveEvent["event"],
    source: string,
    experimentId: string | null,
    id: string | null,
    maySeeIt: Kept["maySeeIt"],
  ) => {
    lastId += 1;
    const live: LiveEvent = {
      id: lastId,
      event,
      data: { source, experimentId, id, at: new Date(now()).toISOString() },
    };
    const one = { live, maySeeIt };
    recent.push(one);
    if (recent.length > kept) recent.shift();
    for (const listener of listeners) listener(one);
  };

  return {
    publish(source, changes) {
      for (const [event, group] of groupByEvent(changes)) {
        if (group.length > mostNamed) {
          const touched = [...new Set(group.map(({ experimentId }) => experimentId))];
          send(event, source, null, null, (viewer) => touched.some((one) => maySee(viewer, source, one)));
        } else {
          for (const { experimentId, id } of group)
            send(event, source, experimentId, id, (viewer) => maySee(viewer, source, experimentId));
        }
      }
    },
    publishSource: (source) => send("source", source, null, source, (viewer) => grantOf(viewer, source) !== null),
    publishOperation: (source, operation, maySeeIt) => send("operation", source, null, operation, maySeeIt),
    subscribe(viewer, lastEventId, listener) {
      const hear = ({ live, maySeeIt }: Kept) => {
        if (viewer.grants === null || maySeeIt(viewer)) listener(live);
      };
      if (lastEventId !== null) {
        const oldest = recent[0]?.live.id ?? lastId + 1;
        if (lastEventId > lastId || lastEventId < oldest - 1) listener(resetEvent(lastId, now()));
        else for (const one of recent) if (one.live.id > lastEventId) hear(one);
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
