import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { restoreEncoding } from "./carried-encoding.ts";
import { createHandlers } from "./handler.ts";

let server: Server;
afterEach(() => server.close());

/** A server that copies what a handler answers as Next does: without `content-encoding`. */
async function serve(body: unknown): Promise<(headers: Record<string, string>) => Promise<IncomingMessage>> {
  const handle = createHandlers(() => ({ auth: { authenticate: async () => "ada" } }))({}, () => body);
  server = createServer(async (asked, response) => {
    restoreEncoding(response);
    const headers = new Headers(asked.headers as Record<string, string>);
    const answer = await handle(new Request("http://h/x", { headers }), { params: Promise.resolve({}) });
    for (const [name, value] of answer.headers) if (name !== "content-encoding") response.setHeader(name, value);
    response.end(await answer.bytes());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return (headers) => new Promise((resolve) => request({ port, host: "127.0.0.1", headers }, resolve).end());
}

it("a large answer comes compressed to who takes that, and says so", async () => {
  const ask = await serve({ text: "x".repeat(50_000) });
  const zipped = await ask({ "accept-encoding": "br, gzip" });
  expect(zipped.headers).toMatchObject({
    "content-encoding": "gzip",
    "cache-control": "private, no-store, no-transform",
    vary: "Cookie, Authorization, Accept-Encoding",
  });
  expect(zipped.headers["x-trialdeck-encoding"]).toBeUndefined();
  const plain = await ask({});
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(await text(zipped.pipe(createGunzip()))).toBe(await text(plain));
});

it("a small answer is left as it is", async () => {
  const ask = await serve({ text: "x" });
  const answer = await ask({ "accept-encoding": "gzip" });
  expect(answer.headers["content-encoding"]).toBeUndefined();
  expect(await text(answer)).toBe('{"text":"x"}');
});
