import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { apiUrl } from "../wire/client.ts";
import { createLiveRefresh, type LiveEvent, type LiveEventName, liveEventNames } from "./live-refresh.ts";

/** `polling`: the stream is open but held back on its way, so that everything is read again now and then. */
export type LiveState = "connecting" | "live" | "polling" | "paused" | "reconnecting";

type Message = { kind: "event"; event: LiveEvent } | { kind: "state"; state: LiveState } | { kind: "hello" };

/** The server says hello at once. */
const helloMillis = 8_000;
export const pollSeconds = 10;

const liveKey = ["live"] as const;
const reset: LiveEvent = { name: "reset", source: null, experimentId: null, id: null };
const listeners = new Set<(event: LiveEvent) => void>();
let connection: LiveState = "connecting";
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

/** Stops or resumes following in this window; after a pause it is as if everything had changed. */
export function pauseLive(client: QueryClient, pause: boolean): void {
  paused = pause;
  client.setQueryData<LiveState>(liveKey, pause ? "paused" : connection);
  if (!pause) for (const listener of listeners) listener(reset);
}

/**
 * Follows `/api/v1/events` and marks what changed as stale. All windows of a browser share one connection: the window that holds the
 * lock opens it and passes events on. Where locks are missing (plain http from elsewhere) each window has its own.
 */
export function startLive(client: QueryClient): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel("trialdeck-live");
  const refresh = createLiveRefresh(({ key, holding = {} }) =>
    client.invalidateQueries({
      queryKey: key,
      predicate: ({ meta, queryKey, state }) =>
        meta?.live !== "held" && queryKey[0] !== liveKey[0] && holds(state.data, holding),
    }),
  );
  const unlisten = onLiveEvent(refresh.take);
  let leading = false;

  const take = (message: Message) => {
    if (message.kind === "hello") {
      if (leading) channel.postMessage({ kind: "state", state: connection } satisfies Message);
    } else if (message.kind === "state") {
      connection = message.state;
      if (!paused) client.setQueryData<LiveState>(liveKey, connection);
    } else if (!paused) {
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
    unlisten();
    refresh.stop();
  };
}

/** Holds the connection until told to stop. The browser reconnects by itself; when it gives up, so after a refusal, we open anew. */
function followEvents(stop: AbortSignal, tell: (message: Message) => void): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    let source: EventSource;
    let reopening: ReturnType<typeof setTimeout>;
    let waiting: ReturnType<typeof setTimeout>;
    let polling: ReturnType<typeof setInterval>;
    let opened = false;
    const poll = () => {
      tell({ kind: "state", state: "polling" });
      polling = setInterval(() => tell({ kind: "event", event: reset }), pollSeconds * 1000);
    };
    const stopPolling = () => {
      clearTimeout(waiting);
      clearInterval(polling);
    };
    const open = () => {
      source = new EventSource(apiUrl(["events"]));
      waiting = setTimeout(poll, helloMillis);
      source.addEventListener("hello", () => {
        stopPolling();
        tell({ kind: "state", state: "live" });
        if (opened) tell({ kind: "event", event: reset });
        opened = true;
      });
      source.onerror = () => {
        stopPolling();
        tell({ kind: "state", state: "reconnecting" });
        if (source.readyState === EventSource.CLOSED) reopening = setTimeout(open, 5000);
        else waiting = setTimeout(poll, helloMillis);
      };
      for (const name of liveEventNames) {
        source.addEventListener(name, (message) => tell({ kind: "event", event: readEvent(name, message.data) }));
      }
    };
    open();
    stop.addEventListener("abort", () => {
      clearTimeout(reopening);
      stopPolling();
      source.close();
      resolve();
    });
  });
}

function holds(data: unknown, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).every(
    ([name, value]) => (data as Record<string, unknown> | undefined)?.[name] === value,
  );
}

function readEvent(name: LiveEventName, data: string): LiveEvent {
  const { source, experimentId, id } = JSON.parse(data) as Partial<LiveEvent>;
  return { name, source: source ?? null, experimentId: experimentId ?? null, id: id ?? null };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}
