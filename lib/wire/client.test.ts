import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiUrl, askApi } from "./client.ts";

const answers: Record<string, { status: number; body: string }> = {
  "/good": { status: 200, body: '{"items":[]}' },
  "/bad-filter": {
    status: 400,
    body: '{"error":{"code":"bad_request","message":"Expected a value.","remedy":"Close the quote.","details":{"position":7}}}',
  },
  "/proxy-page": { status: 502, body: "<html>Bad gateway</html>" },
};
let seen: Record<string, unknown> = {};
const server = createServer((request, response) => {
  seen = { method: request.method, by: request.headers["x-requested-by"] };
  const answer = answers[request.url ?? ""];
  if (answer) response.writeHead(answer.status).end(answer.body);
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.closeAllConnections());

test("an answer is read, and each request says who asks", async () => {
  expect(await askApi(`${origin}/good`)).toEqual({ items: [] });
  expect(seen).toEqual({ method: "GET", by: "trialdeck" });
  await askApi(`${origin}/good`, { body: { a: 1 } });
  expect(seen).toMatchObject({ method: "POST" });
});

test("a failure carries code, remedy and details", async () => {
  await expect(askApi(`${origin}/bad-filter`)).rejects.toMatchObject({
    code: "bad_request",
    status: 400,
    message: "Expected a value.",
    remedy: "Close the quote.",
    details: { position: 7 },
  });
});

test("a failure that is not ours still reads as one", async () => {
  await expect(askApi(`${origin}/proxy-page`)).rejects.toMatchObject({ code: "internal", status: 502 });
});

test("no server is a network failure, an abort is an abort", async () => {
  await expect(askApi("http://127.0.0.1:1/")).rejects.toMatchObject({ code: "network", status: 0 });
  const controller = new AbortController();
  const asked = askApi(`${origin}/never-answers`, { signal: controller.signal });
  controller.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
});

test("addresses are encoded, empty parts left out", () => {
  expect(
    apiUrl(["sources", "a/b", "runs"], { q: "a & b", status: ["failed", "running"], cursor: null, sort: "" }),
  ).toBe("/api/v1/sources/a%2Fb/runs?q=a+%26+b&status=failed%2Crunning");
});
