import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";

/** Stands between a gRPC client and its server, and refuses or breaks calls on demand. */
export interface GrpcFaultProxy {
  port: number;
  /** What takes the place of the server's `host:port`. */
  host: string;
  /** Refuses the calls from now on, or those whose path matches; those under way end so too. */
  failWith(code: number, message: string, matching?: RegExp): void;
  /** Passes everything on from now on. */
  heal(): void;
  /** Breaks the streams that listen; answers how many. */
  resetListeners(): number;
  /** Paths of the calls that came. */
  asked: string[];
  stop(): Promise<void>;
}

/** `port`: of the server that calls are passed on to; without one, all must be refused. */
export async function startGrpcFaultProxy(port?: number): Promise<GrpcFaultProxy> {
  const sessions = new Set<ServerHttp2Session>();
  const streams = new Map<ServerHttp2Stream, string>();
  const asked: string[] = [];
  let failure: { code: number; message: string; matching: RegExp } | null =
    port === undefined ? { code: 14, message: "", matching: /^/ } : null;
  const onward = port === undefined ? null : connectAgain(`http://127.0.0.1:${port}`);

  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    const path = String(headers[":path"]);
    asked.push(path);
    stream.on("error", () => undefined);
    if (failure?.matching.test(path)) {
      refuse(stream, failure.code, failure.message);
      return;
    }
    streams.set(stream, path);
    stream.on("close", () => streams.delete(stream));
    if (onward) passOn(stream, headers, onward());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  return {
    port: address.port,
    host: `127.0.0.1:${address.port}`,
    failWith(code, message, matching = /^/) {
      failure = { code, message, matching };
      for (const [stream, path] of streams) if (matching.test(path)) refuse(stream, code, message);
    },
    heal() {
      failure = null;
    },
    resetListeners() {
      const listening = [...streams].filter(([, path]) => path.endsWith("/Listen"));
      for (const [stream] of listening) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return listening.length;
    },
    asked,
    async stop() {
      for (const session of sessions) session.destroy();
      onward?.().destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** One connection to the server, made anew when it was lost. */
function connectAgain(url: string): () => ClientHttp2Session {
  let session: ClientHttp2Session | null = null;
  return () => {
    if (session && !session.closed && !session.destroyed) return session;
    session = connect(url);
    session.on("error", () => undefined);
    return session;
  };
}

function passOn(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ClientHttp2Session): void {
  const call = session.request(headers);
  let trailers: IncomingHttpHeaders = {};
  call.on("trailers", (given) => {
    trailers = given;
  });
  call.on("response", (given, flags) => {
    if (stream.destroyed || stream.headersSent) return;
    const endStream = Boolean(flags & constants.NGHTTP2_FLAG_END_STREAM);
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.respond(given, endStream ? { endStream } : { waitForTrailers: true });
    if (!endStream) call.pipe(stream);
  });
  call.on("error", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.on("close", () => call.close(constants.NGHTTP2_CANCEL));
  stream.pipe(call);
}

function refuse(stream: ServerHttp2Stream, code: number, message: string): void {
  // One that has begun to answer cannot be refused any more, only broken off.
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  // As gRPC has it: only what is no printable ASCII, and the percent sign.
  const text = message.replace(/[^ -$&-~]/gu, encodeURIComponent);
  const status = { "grpc-status": String(code), "grpc-message": text };
  stream.respond({ ":status": 200, "content-type": "application/grpc", ...status }, { endStream: true });
}
