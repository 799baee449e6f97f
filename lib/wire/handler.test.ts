import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import { createHandlers } from "./handler.ts";

const place = { params: Promise.resolve({}) };

function setUp(authenticate: () => Promise<string> = async () => "ada") {
  return createHandlers(() => ({ auth: { authenticate } }));
}

describe("a handler", () => {
  it("asks who before it reads what", async () => {
    const handle = setUp(async () => {
      throw new AppError("unauthenticated", "Sign in first.");
    });
    const answer = await handle({ query: z.object({ limit: z.coerce.number() }) }, () => expect.unreachable())(
      new Request("http://h/x?limit=nonsense"),
      place,
    );
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: { code: "unauthenticated", message: "Sign in first." } });
  });

  it("says which part of a request it does not understand", async () => {
    const answer = await setUp()({ query: z.object({ limit: z.coerce.number() }) }, () => expect.unreachable())(
      new Request("http://h/x?limit=nonsense"),
      place,
    );
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "bad_request", details: { field: "limit" } } });
  });

  it("refuses a body that is no JSON or too large", async () => {
    const handle = setUp()({ body: z.object({}) }, () => ({}));
    const post = (body: string) => handle(new Request("http://h/x", { method: "POST", body }), place);
    expect((await post("{")).status).toBe(400);
    expect((await post(`"${"x".repeat(1024 * 1024)}"`)).status).toBe(413);
    expect((await post("{}")).status).toBe(200);
  });

  it("spells what JSON cannot hold, and is never cached", async () => {
    const answer = await setUp()({}, () => ({ a: Number.NaN, b: -Infinity, c: 2n ** 60n }))(
      new Request("http://h/x"),
      place,
    );
    expect(await answer.text()).toBe('{"a":"NaN","b":"-Infinity","c":"1152921504606846976"}');
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("hides what it did not expect", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const answer = await setUp()({}, () => {
      throw new Error("password hunter2 at /srv/x");
    })(new Request("http://h/x"), place);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/hunter2|srv/);
    expect(log).toHaveBeenCalledOnce();
  });

  it("takes a parameter named like a prototype's member for what it is", async () => {
    const handle = setUp()({ query: z.object({ q: z.string().optional() }) }, ({ query }) => query);
    const answer = await handle(new Request("http://h/x?__proto__=1&constructor=2&q=3"), place);
    expect(await answer.json()).toEqual({ q: "3" });
  });
});
