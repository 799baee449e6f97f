import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";

/** A gRPC server that refuses every call. */
export interface FailingServer {
  port: number;
  host: string;
  /** What the next calls are refused with. */
  failWith(code: number, message: string): void;
  /** Paths of the calls that came. */
  asked: string[];
  stop(): Promise<void>;
}

export async function startFailingServer(): Promise<FailingServer> {
  const sessions = new Set<ServerHttp2Session>();
  const asked: string[] = [];
  let failure = { code: 14, message: "" };
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    asked.push(String(headers[":path"]));
    stream.on("error", () => undefined);
    const status = { "grpc-status": String(failure.code), "grpc-message": encodeURIComponent(failure.message) };
    stream.respond({ ":status": 200, "content-type": "application/grpc", ...status }, { endStream: true });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    host: `127.0.0.1:${address.port}`,
    failWith(code, message) {
      failure = { code, message };
    },
    asked,
    async stop() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
