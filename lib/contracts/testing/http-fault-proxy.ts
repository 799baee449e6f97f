import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type HttpFault =
  | { kind: "status"; status: number; message?: string; retryAfterSeconds?: number }
  /** Ends after so many bytes of the answer's body: by breaking the connection, or (`politely`) as if that were all. */
  | { kind: "cut"; afterBytes: number; politely?: boolean }
  /** Falls silent after so many bytes of the body; without any, before the answer's head. */
  | { kind: "hang"; afterBytes?: number };

export interface FaultProxy {
  /** What takes the place of the store's own address. */
  url: string;
  /** Answers with a fault from now on: the next `times` requests, or all, of those that match `GET /path?query`. */
  inject(fault: HttpFault, which?: { times?: number; matching?: RegExp }): void;
  /** No faults from now on; what hangs is let go. */
  heal(): void;
  /** The requests so far, as `GET /path?query`. */
  requests: string[];
  stop(): Promise<void>;
}

interface Injected {
  fault: HttpFault;
  left: number;
  matching: RegExp;
}

/** Stands in front of an object store and breaks answers on demand. */
export async function startFaultProxy(store: string): Promise<FaultProxy> {
  const requests: string[] = [];
  const hanging = new Set<ServerResponse>();
  let injected: Injected | null = null;

  function faultFor(line: string): HttpFault | null {
    if (injected === null || injected.left <= 0 || !injected.matching.test(line)) return null;
    injected.left -= 1;
    return injected.fault;
  }

  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url}`;
    requests.push(line);
    const fault = faultFor(line);
    outgoing.on("close", () => hanging.delete(outgoing));
    if (fault?.kind === "status") return refuse(outgoing, fault);
    if (fault?.kind === "hang" && fault.afterBytes === undefined) return void hanging.add(outgoing);
    answer(incoming, outgoing, fault).catch(() => outgoing.destroy());
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse, fault: HttpFault | null): Promise<void> {
    const target = new URL(incoming.url ?? "/", store);
    const headers = { ...incoming.headers, host: target.host };
    const asked = request(target, { method: incoming.method, headers });
    incoming.pipe(asked);
    const [given] = (await once(asked, "response")) as [IncomingMessage];
    const isPolite = fault?.kind === "cut" && fault.politely;
    const { "content-length": length, ...others } = given.headers;
    outgoing.writeHead(given.statusCode ?? 502, isPolite ? others : given.headers);
    let left = fault === null || fault.kind === "status" ? Number.POSITIVE_INFINITY : (fault.afterBytes ?? 0);
    for await (const chunk of given as AsyncIterable<Buffer>) {
      const isLast = chunk.length >= left;
      if (!outgoing.write(chunk.subarray(0, left)) && !isLast) await once(outgoing, "drain");
      left -= chunk.length;
      if (isLast) break;
    }
    if (left > 0 || isPolite) outgoing.end();
    else if (fault?.kind === "hang") hanging.add(outgoing);
    // Only when what was written has left: destroying drops it.
    else outgoing.write("", () => outgoing.destroy());
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  function heal() {
    injected = null;
    for (const outgoing of hanging) outgoing.destroy();
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inject(fault, { times = Number.POSITIVE_INFINITY, matching = /^/ } = {}) {
      injected = { fault, left: times, matching };
    },
    heal,
    requests,
    async stop() {
      heal();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** As Cloud Storage refuses: JSON, or plain text where an object's content was asked for. */
function refuse(
  outgoing: ServerResponse,
  fault: { status: number; message?: string; retryAfterSeconds?: number },
): void {
  const { status, message = "injected", retryAfterSeconds } = fault;
  const isContent = outgoing.req.url?.includes("alt=media");
  const error = { code: status, message, errors: [{ message, domain: "global", reason: "injected" }] };
  outgoing.writeHead(status, {
    "content-type": isContent ? "text/html" : "application/json",
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
  });
  outgoing.end(isContent ? message : JSON.stringify({ error }));
}
