import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../lib/domain/errors.ts";
import { admit, admitToApi, allowedHosts, requireAccessBeyondLoopback } from "./door.ts";

describe("the door", () => {
  let server: Server;
  let port: number;
  let inside: Record<string, unknown>[];
  beforeAll(async () => {
    server = createServer((message, response) => {
      if (!admit(message, response, allowedHosts("127.0.0.1"), port)) return;
      void admitToApi(message, response, auth).then((isIn) => {
        if (!isIn) return;
        inside.push(message.headers);
        response.end("in");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    inside = [];
  });
  afterAll(() => void server.close());

  const auth = {
    async authenticate({ header }: { header(name: string): string | null }) {
      if (header("authorization") !== "Bearer right") throw new AppError("unauthenticated", "Sign in first.");
    },
  };
  const ask = (headers: Record<string, string>, path = "/", method = "GET") =>
    new Promise<number>((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
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

  it("tells nothing of the API without a credential, by whatever method", async () => {
    const host = `127.0.0.1:${port}`;
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
      for (const path of ["/api", "/api/v1/", "/api/v1/runs", "/api/v1/none", "/api/v1/runs/columns?signature=x"]) {
        expect(await ask({ host }, path, method), `${method} ${path}`).toBe(401);
      }
      expect(await ask({ host, authorization: "Bearer right" }, "/api/v1/runs", method), method).toBe(200);
    }
    expect(await ask({ host }, "/api/v1/runs", "PROPFIND")).toBe(400);
    expect(await ask({ host }, "/api/v1/runs/..%c0%af..", "GET")).toBe(400);
  });

  it("leaves health, signing in and signed content to their routes", async () => {
    const host = `127.0.0.1:${port}`;
    const content = "/api/v1/sources/s/artifacts/a/content";
    expect(await ask({ host }, "/api/v1/health")).toBe(200);
    expect(await ask({ host }, "/api/v1/sign-in?code=x")).toBe(200);
    expect(await ask({ host }, "/api/v1/sign-in", "POST")).toBe(200);
    expect(await ask({ host }, `${content}?expires=1&signature=x`)).toBe(200);
    expect(await ask({ host }, `${content}?expires=1`)).toBe(401);
    expect(await ask({ host }, `${content}?expires=1&signature=x`, "DELETE")).toBe(401);
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
      "x-trialdeck-peer": "10.0.0.7",
      accept: "*/*",
    });
    expect(Object.keys(inside.at(-1) ?? {}).sort()).toEqual(["accept", "connection", "host", "x-trialdeck-peer"]);
    expect(inside.at(-1)).toMatchObject({ "x-trialdeck-peer": "127.0.0.1" });
  });
});

it("does not listen beyond this machine without a token", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) requireAccessBeyondLoopback(host, undefined, null);
  requireAccessBeyondLoopback("0.0.0.0", "a-token-of-enough-length", null);
  requireAccessBeyondLoopback("0.0.0.0", undefined, { tokens: [] });
  for (const host of ["0.0.0.0", "::", "10.0.0.5", "lab.example", "127.0.0.1.evil.test"]) {
    expect(() => requireAccessBeyondLoopback(host, undefined, null)).toThrow(
      expect.objectContaining({ code: "forbidden" }),
    );
  }
});
