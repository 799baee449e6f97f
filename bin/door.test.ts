import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { admit, allowedHosts, requireTokenBeyondLoopback } from "./door.ts";

describe("the door", () => {
  let server: Server;
  let port: number;
  let inside: Record<string, unknown>[];
  beforeAll(async () => {
    server = createServer((message, response) => {
      if (!admit(message, response, allowedHosts("127.0.0.1"), port)) return;
      inside.push(message.headers);
      response.end("in");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    inside = [];
  });
  afterAll(() => void server.close());

  const ask = (headers: Record<string, string>, path = "/") =>
    new Promise<number>((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });
  const raw = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk.toString();
      });
      socket.on("close", () => resolve(answer));
    });

  it("opens for our own names only", async () => {
    for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
      expect(await ask({ host: `${host}:${port}` })).toBe(200);
    }
    for (const host of [
      "evil.test",
      `127.0.0.1.nip.io:${port}`,
      "127.0.0.1:1",
      "127.0.0.1",
      `user@localhost:${port}`,
    ]) {
      expect(await ask({ host }), host).toBe(421);
    }
  });

  it("refuses two hosts, none, and targets that are no path", async () => {
    const host = `127.0.0.1:${port}`;
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.test\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 4\d\d/,
    );
    expect(await raw(`GET / HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1.1 421/);
    expect(await raw(`GET http://evil.test/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400/,
    );
    expect(await raw(`GET //evil.test HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400/,
    );
  });

  it("drops headers that only the framework may send itself", async () => {
    await ask({
      host: `localhost:${port}`,
      "x-middleware-subrequest": "proxy",
      "x-nextjs-data": "1",
      "next-resume": "1",
      accept: "*/*",
    });
    expect(Object.keys(inside.at(-1) ?? {}).sort()).toEqual(["accept", "connection", "host"]);
  });
});

it("does not listen beyond this machine without a token", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) requireTokenBeyondLoopback(host, undefined);
  requireTokenBeyondLoopback("0.0.0.0", "a-token-of-enough-length");
  for (const host of ["0.0.0.0", "::", "10.0.0.5", "lab.example", "127.0.0.1.evil.test"]) {
    expect(() => requireTokenBeyondLoopback(host, undefined)).toThrow(expect.objectContaining({ code: "forbidden" }));
  }
});
