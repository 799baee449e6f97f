import { type QueryClient, type QueryKey, queryOptions } from "@tanstack/react-query";
import { apiUrl } from "../wire/client.ts";
import { createLiveRefresh, type LiveEvent, type LiveEventName, liveEventNames } from "./live-refresh.ts";

export type LiveState = "connecting" | "live" | "paused" | "reconnecting";

type Message = { kind: "event"; event: LiveEvent } | { kind: "state"; state: LiveState } | { kind: "hello" };

const liveKey = ["live"] as const;
const listeners = new Set<(event: LiveEvent) => void>();
let paused = false;

export const liveQueries = {
  /** How the connection fares; set by `startLive`, never asked for. */
  state: () =>
    queryOptions<LiveState>({
      queryKey: liveKey,
      queryFn: () => "connecting",
      initialData: "connecting",
      staleTime: Infinity,
    }),
};

/** Tells each live event as it comes (not while paused). Answers how to stop. */
export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Stops or resumes following in this window; after a pause everything is asked again. */
export function pauseLive(client: QueryClient, pause: boolean): void {
  paused = pause;
  client.setQueryData<LiveState>(liveKey, pause ? "paused" : "live");
  if (!pause) void client.invalidateQueries();
}

/**
 * Follows `/api/v1/events` and marks what changed as stale. All windows of a browser share one connection: the window that holds the
 * lock opens it and passes events on. Where locks are missing (plain http from elsewhere) each window has its own.
 */
export function startLive(client: QueryClient): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel("trialdeck-live");
  const refresh = createLiveRefresh((key: QueryKey) =>
    client.invalidateQueries({
      queryKey: key,
      predicate: (query) => query.meta?.live !== "held" && query.queryKey[0] !== liveKey[0],
    }),
  );
  let state: LiveState = "connecting";
  let leading = false;

  const take = (message: Message) => {
    if (message.kind === "hello") {
      if (leading) channel.postMessage({ kind: "state", state } satisfies Message);
    } else if (message.kind === "state") {
      state = message.state;
      if (!paused) client.setQueryData<LiveState>(liveKey, state);
    } else if (!paused) {
      refresh.take(message.event);
      for (const listener of listeners) listener(message.event);
    }
  };
  const tell = (message: Message) => {
    channel.postMessage(message);
    take(message);
  };
  channel.onmessage = ({ data }: MessageEvent<Message>) => take(data);
  channel.postMessage({ kind: "hello" } satisfies Message);

  const lead = () => {
    leading = true;
    return followEvents(stop.signal, tell);
  };
  if (navigator.locks) navigator.locks.request("trialdeck-live", { signal: stop.signal }, lead).catch(ignoreAbort);
  else void lead();

  return () => {
    stop.abort();
    channel.close();
    refresh.stop();
  };
}

/** Holds the connection until told to stop. The browser reconnects by itself; when it gives up, so after a refusal, we open anew. */
function followEvents(stop: AbortSignal, tell: (message: Message) => void): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout>;
    let opened = false;
    const open = () => {
      source = new EventSource(apiUrl(["events"]));
      source.onopen = () => {
        tell({ kind: "state", state: "live" });
        if (opened) tell({ kind: "event", event: { name: "reset", source: null, experimentId: null, id: null } });
        opened = true;
      };
      source.onerror = () => {
        tell({ kind: "state", state: "reconnecting" });
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, 5000);
      };
      for (const name of liveEventNames) {
        source.addEventListener(name, (message) => tell({ kind: "event", event: readEvent(name, message.data) }));
      }
    };
    open();
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      source.close();
      resolve();
    });
  });
}

function readEvent(name: LiveEventName, data: string): LiveEvent {
  const { source, experimentId, id } = JSON.parse(data) as Partial<LiveEvent>;
  return { name, source: source ?? null, experimentId: experimentId ?? null, id: id ?? null };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}
