import { describe, expect, it } from "vitest";
import { openState } from "../state/state.ts";
import { createAuthenticator, type RequestFacts } from "./authenticate.ts";

const token = "a-token-of-enough-length";
const origin = "http://127.0.0.1:3000";

function setUp() {
  const { signIns } = openState("", { lasting: false });
  return createAuthenticator({
    token,
    oneTimeCode: "the-code",
    origins: [origin],
    port: 3000,
    signIns,
    now: () => 1_000,
  });
}

function ask(method: string, headers: Record<string, string>): RequestFacts {
  return { method, header: (name) => headers[name] ?? null };
}

const refused = (code: string) => expect.objectContaining({ code });

describe("a bearer token", () => {
  it("lets in with the very token only", () => {
    const auth = setUp();
    expect(auth.authenticate(ask("GET", { authorization: `Bearer ${token}` })).role).toBe("admin");
    for (const given of ["", "Bearer ", `Bearer ${token}x`, `Basic ${token}`, token]) {
      expect(() => auth.authenticate(ask("GET", { authorization: given }))).toThrow(refused("unauthenticated"));
    }
  });
});

describe("the one-time code", () => {
  it("signs in once", () => {
    const auth = setUp();
    const cookie = auth.signIn({ code: "the-code" });
    expect(cookie).toMatch(/^trialdeck_3000=.+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(auth.authenticate(ask("GET", { cookie: cookie.split(";")[0] ?? "" })).name).toBe("local");
    expect(() => auth.signIn({ code: "the-code" })).toThrow(refused("unauthenticated"));
  });

  it("does not take another code, nor use its own up by it", () => {
    const auth = setUp();
    expect(() => auth.signIn({ code: "guess" })).toThrow(refused("unauthenticated"));
    expect(auth.signIn({ code: "the-code" })).toContain("trialdeck_3000=");
  });
});

describe("a cookie", () => {
  const page = {
    origin,
    "content-type": "application/json",
    "x-requested-by": "trialdeck",
    "sec-fetch-site": "same-origin",
  };

  it("changes things only from our own pages", () => {
    const auth = setUp();
    const cookie = auth.signIn({ code: "the-code" }).split(";")[0] ?? "";
    expect(auth.authenticate(ask("POST", { ...page, cookie })).role).toBe("admin");
    const elsewhere: Record<string, string>[] = [
      { ...page, origin: "http://evil.test" },
      { ...page, origin: "null" },
      { ...page, "sec-fetch-site": "cross-site" },
      { ...page, "content-type": "text/plain" },
      { ...page, "x-requested-by": "" },
    ];
    for (const headers of elsewhere) {
      expect(() => auth.authenticate(ask("POST", { ...headers, cookie }))).toThrow(refused("forbidden"));
    }
    const { origin: _none, ...withoutOrigin } = page;
    expect(() => auth.authenticate(ask("POST", { ...withoutOrigin, cookie }))).toThrow(refused("forbidden"));
  });

  it("of another port or made up is none", () => {
    const auth = setUp();
    for (const cookie of ["trialdeck_3000=made-up", "trialdeck_4000=x", "=", "trialdeck_3000"]) {
      expect(() => auth.authenticate(ask("GET", { cookie }))).toThrow(refused("unauthenticated"));
    }
  });
});
