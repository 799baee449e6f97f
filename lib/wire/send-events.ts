import { AppError } from "../domain/errors.ts";

interface WireEvent {
  id: number;
  event: string;
  data: { source: string | null };
}
interface Hub<Viewer> {
  subscribe(viewer: Viewer, lastEventId: number | null, listener: (event: WireEvent) => void): () => void;
  readonly subscribers: number;
}

const beatMillis = 15_000;
const mostSubscribers = 1_000;
/** A browser that reads nothing for this many events is cut; it reconnects and resumes by Last-Event-ID. */
const mostWaiting = 1_000;

/** Server-sent events of a hub, resumable by `Last-Event-ID`, with a comment every 15 s. Cleans up on abort and on cancel. */
export function sendEvents<Viewer>(
  request: Request,
  hub: Hub<Viewer>,
  viewer: Viewer,
  source: string | null,
  /** Whether who asked may still ask: seen at each beat. */
  isStillKnown: () => Promise<boolean>,
): Response {
  if (hub.subscribers >= mostSubscribers) {
    throw new AppError("too_many", "Too many live connections.", { remedy: "Close some pages and try again." });
  }
  const lastEventId = Number(request.headers.get("last-event-id") ?? Number.NaN);
  const encoder = new TextEncoder();
  let end: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) < -mostWaiting) end();
          else controller.enqueue(encoder.encode(text));
        };
        const beat = setInterval(() => {
          send(": \n\n");
          void isStillKnown().then((isKnown) => isKnown || end());
        }, beatMillis);
        let unsubscribe: () => void = () => undefined;
        let ended = false;
        end = () => {
          if (ended) return;
          ended = true;
          clearInterval(beat);
          unsubscribe();
          controller.close();
        };
        // Told at once: where it does not arrive, something on the way holds the stream back.
        send("retry: 2000\n\nevent: hello\ndata: {}\n\n");
        unsubscribe = hub.subscribe(viewer, Number.isFinite(lastEventId) ? lastEventId : null, (event) => {
          if (source !== null && event.data.source !== null && event.data.source !== source) return;
          send(`id: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
        });
        request.signal.addEventListener("abort", end, { once: true });
      },
      cancel() {
        end();
      },
    },
    { highWaterMark: 16 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "private, no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}
