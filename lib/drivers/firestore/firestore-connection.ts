import { setTimeout as sleep } from "node:timers/promises";
import type { Firestore, v1 } from "@google-cloud/firestore";
import { AppError } from "../../domain/errors.ts";
import { accountOf, scopes } from "./firestore-credentials.ts";
import { firestoreFailure, timeoutFailure } from "./firestore-failure.ts";
import type { FirestorePlace, FirestorePlaceOptions } from "./firestore-place.ts";
import { loadClient } from "./load-client.ts";
import type { FirestoreSdk } from "./plain-values.ts";

type LowClient = InstanceType<typeof v1.FirestoreClient>;

export interface FirestoreConnection {
  place: FirestorePlace;
  sdk: FirestoreSdk;
  firestore: Firestore;
  /** Asks, and fails within the timeout or as soon as no connection can be made. */
  ask<Answer>(question: (firestore: Firestore) => Promise<Answer>): Promise<Answer>;
  /**
   * The same on the generated client, for what the other one cannot do page by page or to the last bit. `needs`: the right that a refusal means
   * is lacking, unless it is one to read.
   */
  askLow<Answer>(
    question: (client: LowClient, headers: Record<string, string>) => Promise<Answer>,
    needs?: string,
  ): Promise<Answer>;
  /** Hears of every stream of a watch. */
  onStream(listener: (stream: StreamNews) => void): void;
  close(): Promise<void>;
}

type StreamState = { state: "asked" } | { state: "answering" } | { state: "ended"; failure: AppError };
/** What became of the stream of a watch: of which target (`<parent>/<collection>` in Firestore's own spelling), and of which attempt. */
export type StreamNews = StreamState & { target: string; stream: { cancel(): void } };

/** A call of the gRPC library, as far as it is looked at. */
interface Call {
  on(event: "metadata", listener: () => void): void;
  on(event: "status", listener: (status: { code: number; details: string }) => void): void;
  emit(event: string, ...values: unknown[]): boolean;
  cancel(): void;
  write?: (request: ListenRequest, ...rest: unknown[]) => unknown;
}
interface ListenRequest {
  addTarget?: { query?: { parent?: string; structuredQuery?: { from?: { collectionId?: string }[] } } };
}
interface Invocation {
  call: Call;
  methodDefinition: { path: string };
  metadata: { getOptions(): object; setOptions(options: object): void };
  callOptions: { deadline?: Date | number };
  callback?: (error: unknown, answer?: unknown) => void;
}

/** Loads the client and makes one for this place. Nothing is sent yet. */
export async function openFirestoreConnection(
  place: FirestorePlace,
  options: FirestorePlaceOptions,
  timeoutMs: number,
): Promise<FirestoreConnection> {
  const { sdk, gax } = await loadClient();
  const streamListeners: ((stream: StreamNews) => void)[] = [];
  const calls = new Set<Call>();
  const questions = new Set<Promise<unknown>>();
  let isClosed = false;

  /** While no connection can be made the stream waits for one: failed again and again, the client would rest ever longer. */
  function watchStream({ call, metadata }: Invocation): void {
    metadata.setOptions({ ...metadata.getOptions(), waitForReady: true });
    let target = "";
    const tell = (news: StreamState) => {
      for (const listener of streamListeners) listener({ target, stream: call, ...news });
    };
    const { write, emit } = call;
    let isWritten = false;
    call.write = (request, ...rest) => {
      isWritten = true;
      target = targetOf(request) ?? target;
      tell({ state: "asked" });
      return write?.call(call, request, ...rest);
    };
    // Before it is written the client would try again by itself, whether anyone still watches or not.
    call.emit = (event, ...values) => {
      const isFinal = event === "error" && !isWritten;
      return emit.call(call, event, ...(isFinal ? values.map(asFinal) : values));
    };
    call.on("metadata", () => tell({ state: "answering" }));
    call.on("status", ({ code, details }) => {
      tell({ state: "ended", failure: firestoreFailure(place, Object.assign(new Error(details), { code })) });
    });
  }

  /** The client itself would wait for minutes, and try again after it was closed. */
  function lookAtCall(invocation: Invocation): Invocation {
    const { call, callback, callOptions, methodDefinition } = invocation;
    calls.add(call);
    // It begins after this, so that it cannot be cancelled yet.
    if (isClosed) setImmediate(() => call.cancel());
    call.on("status", () => calls.delete(call));
    if (methodDefinition.path.endsWith("/Listen")) {
      watchStream(invocation);
      return invocation;
    }
    const { emit } = call;
    call.emit = (event, ...values) => emit.call(call, event, ...(event === "error" ? values.map(asFinal) : values));
    return {
      ...invocation,
      callback: callback && ((error, answer) => callback(asFinal(error), answer)),
      callOptions: { ...callOptions, deadline: Date.now() + timeoutMs },
    };
  }

  const channel = {
    "grpc.callInvocationTransformer": lookAtCall,
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 2_000,
    // A connection that went dead without a word is noticed; an emulator takes such questions amiss.
    ...(place.emulatorHost === null && { "grpc.keepalive_time_ms": 30_000, "grpc.keepalive_timeout_ms": 10_000 }),
  };
  const account = await accountOf(gax.googleAuthLibrary, options);
  const auth = new gax.GoogleAuth({ projectId: place.project, scopes, ...(account && { authClient: account }) });
  // Without the last one a stream's failure is tried again whatever its code is.
  const shared = { projectId: place.project, auth, ...channel, gaxServerStreamingRetries: true };
  const firestore = new sdk.Firestore({
    ...shared,
    databaseId: place.database,
    useBigInt: true,
    preferRest: false,
    ...(place.emulatorHost !== null && { host: place.emulatorHost, ssl: false }),
  });
  let low: LowClient | null = null;

  function openLow(): LowClient {
    const [host, port] = place.emulatorHost?.split(/:(?=\d+$)/) ?? [];
    const options: object = {
      ...shared,
      ...(host !== undefined && {
        servicePath: host,
        port: Number(port),
        sslCreds: gax.grpc.credentials.createInsecure(),
      }),
    };
    low ??= new sdk.v1.FirestoreClient(options as ConstructorParameters<typeof v1.FirestoreClient>[0]);
    return low;
  }

  async function withinTime<Answer>(question: () => Promise<Answer>, needs?: string): Promise<Answer> {
    if (isClosed) throw closed(place);
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(timeoutFailure(place)), timeoutMs);
    const asked = question();
    questions.add(asked);
    const forget = () => questions.delete(asked);
    asked.then(forget, forget);
    try {
      return await Promise.race([asked, promise]);
    } catch (error) {
      throw isClosed ? closed(place) : firestoreFailure(place, error, needs);
    } finally {
      clearTimeout(timer);
    }
  }

  // A client that finds none later throws where nobody can catch it.
  await withinTime(() => auth.getClient());

  return {
    place,
    sdk,
    firestore,
    ask: (question) => withinTime(() => question(firestore)),
    askLow: (question, needs) =>
      withinTime(
        () =>
          question(openLow(), {
            "google-cloud-resource-prefix": `projects/${place.project}/databases/${place.database}`,
            ...(place.emulatorHost !== null && { Authorization: "Bearer owner" }),
          }),
        needs,
      ),
    onStream(listener) {
      streamListeners.push(listener);
    },
    async close() {
      isClosed = true;
      streamListeners.length = 0;
      for (const call of calls) call.cancel();
      // The client must not be closed under a question or a watch that is being opened: it would throw where nobody can catch it.
      await Promise.allSettled(questions);
      await sleep(openingMs);
      await Promise.all([firestore.terminate(), low?.close()]);
    },
  };
}

/** Longer than the client takes between deciding to open a stream and doing so. */
const openingMs = 20;

/** A failure with the code "unknown", the one that the client does not try again; its message begins with the true code. */
function asFinal(error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { code: 2 }) : error;
}

function targetOf(request: ListenRequest): string | null {
  const query = request.addTarget?.query;
  const collection = query?.structuredQuery?.from?.[0]?.collectionId;
  return collection === undefined ? null : `${query?.parent}/${collection}`;
}

function closed(place: FirestorePlace): AppError {
  return new AppError("source_unavailable", `firestore ${place.name}: the source is closed`, {
    remedy: "Open the source again.",
  });
}
