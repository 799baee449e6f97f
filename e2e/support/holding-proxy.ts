import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface HoldingProxy {
  origin: string;
  stop(): Promise<void>;
}

/** A proxy of which there are many: it passes answers on when they are whole, so that of a stream of events nothing ever comes. */
export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const { hostname, port, host, origin } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    const { method, url } = incoming;
    const headers = { ...incoming.headers, host, ...(incoming.headers.origin && { origin }) };
    const asked = request({ hostname, port, method, path: url, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", () => outgoing.destroy());
      answer.on("end", () => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        outgoing.end(Buffer.concat(parts));
      });
    });
    asked.on("error", () => outgoing.destroy());
    outgoing.on("close", () => asked.destroy());
    incoming.pipe(asked);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async stop() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
