import { describe, expect, it } from "vitest";
import { accessSettings } from "../settings/access-schema.ts";
import { openState } from "../state/state.ts";
import { createAuthenticator, type RequestFacts } from "./authenticate.ts";
import { makeToken } from "./tokens.ts";

const token = "a-token-of-enough-length";
const origin = "http://127.0.0.1:3000";
const ana = makeToken();
const bo = makeToken();

function setUp(clock = { now: 1_000 }) {
  const { signIns } = openState("", { lasting: false });
  const access = accessSettings.parse({
    tokens: [
      { name: "ana", hash: ana.hash, role: "operator", expires: "2026-11-30" },
      { name: "bo", hash: bo.hash, role: "viewer", sources: ["lab"], projects: ["wine"] },
    ],
  });
  return createAuthenticator({
    token,
    oneTimeCode: "the-code",
    origins: [origin],
    port: 3000,
    signIns,
    now: () => clock.now,
    access,
    grantable: { sources: ["lab", "other"], experimentId: (source, name) => `${source}/${name}` },
  });
}

function ask(method: string, headers: Record<string, string>): RequestFacts {
  return { method, header: (name) => headers[name] ?? null };
}
const anonymous = ask("GET", {});
const bearer = (given: string, method = "GET") => ask(method, { authorization: `Bearer ${given}` });
const cookieOf = (setCookie: string) => setCookie.split(";")[0] ?? "";
const refused = (code: string) => expect.objectContaining({ code });

describe("a bearer token", () => {
  it("lets in with the very token only", async () => {
    const auth = setUp();
    expect((await auth.authenticate(bearer(token))).role).toBe("admin");
    for (const given of ["", "Bearer ", `Bearer ${token}x`, `Basic ${token}`, token]) {
      await expect(auth.authenticate(ask("GET", { authorization: given }))).rejects.toEqual(refused("unauthenticated"));
    }
  });

  it("of the settings file carries what is granted to it, until it runs out", async () => {
    const clock = { now: Date.parse("2026-11-30T23:59:59Z") };
    const auth = setUp(clock);
    expect(await auth.authenticate(bearer(ana.token))).toEqual({ name: "ana", role: "operator", grants: null });
    expect(await auth.authenticate(bearer(bo.token))).toEqual({
      name: "bo",
      role: "viewer",
      grants: new Map([["lab", { role: "viewer", experiments: ["lab/wine"] }]]),
    });
    clock.now += 1_000;
    await expect(auth.authenticate(bearer(ana.token))).rejects.toEqual(refused("unauthenticated"));
  });

  it("becomes a cookie of the same person, which ends when the token does", async () => {
    const clock = { now: Date.parse("2026-11-30T12:00:00Z") };
    const auth = setUp(clock);
    const cookie = cookieOf(await auth.signIn(bearer(ana.token, "POST")));
    expect((await auth.authenticate(ask("GET", { cookie }))).name).toBe("ana");
    clock.now += 24 * 3600_000;
    await expect(auth.authenticate(ask("GET", { cookie }))).rejects.toEqual(refused("unauthenticated"));
  });
});

describe("the one-time code", () => {
  it("signs in once", async () => {
    const auth = setUp();
    const cookie = await auth.signIn(anonymous, "the-code");
    expect(cookie).toMatch(/^trialdeck_3000=.+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect((await auth.authenticate(ask("GET", { cookie: cookieOf(cookie) }))).name).toBe("local");
    await expect(auth.signIn(anonymous, "the-code")).rejects.toEqual(refused("unauthenticated"));
  });

  it("does not take another code, nor use its own up by it", async () => {
    const auth = setUp();
    await expect(auth.signIn(anonymous, "guess")).rejects.toEqual(refused("unauthenticated"));
    expect(await auth.signIn(anonymous, "the-code")).toContain("trialdeck_3000=");
  });

  it("is not guessed at for long from one address", async () => {
    const clock = { now: 0 };
    const auth = setUp(clock);
    const from = (peer: string) => ask("GET", { "x-trialdeck-peer": peer });
    for (let turn = 0; turn < 20; turn += 1)
      await expect(auth.signIn(from("10.0.0.1"), "guess")).rejects.toEqual(refused("unauthenticated"));
    await expect(auth.signIn(from("10.0.0.1"), "the-code")).rejects.toEqual(refused("too_many"));
    await expect(auth.signIn(from("10.0.0.2"), "guess")).rejects.toEqual(refused("unauthenticated"));
    clock.now += 60_000;
    expect(await auth.signIn(from("10.0.0.1"), "the-code")).toContain("trialdeck_3000=");
  });
});

describe("a cookie", () => {
  const page = {
    origin,
    "content-type": "application/json",
    "x-requested-by": "trialdeck",
    "sec-fetch-site": "same-origin",
  };

  it("changes things only from our own pages", async () => {
    const auth = setUp();
    const cookie = cookieOf(await auth.signIn(anonymous, "the-code"));
    expect((await auth.authenticate(ask("POST", { ...page, cookie }))).role).toBe("admin");
    const { origin: _none, ...withoutOrigin } = page;
    const elsewhere: Record<string, string>[] = [
      { ...page, origin: "http://evil.test" },
      { ...page, origin: "null" },
      { ...page, "sec-fetch-site": "cross-site" },
      { ...page, "content-type": "text/plain" },
      { ...page, "x-requested-by": "" },
      withoutOrigin,
    ];
    for (const headers of elsewhere)
      await expect(auth.authenticate(ask("POST", { ...headers, cookie }))).rejects.toEqual(refused("forbidden"));
  });

  it("of another port or made up is none", async () => {
    const auth = setUp();
    for (const cookie of ["trialdeck_3000=made-up", "trialdeck_4000=x", "=", "trialdeck_3000"])
      await expect(auth.authenticate(ask("GET", { cookie }))).rejects.toEqual(refused("unauthenticated"));
  });

  it("is listed to its owner and to an admin, who can end it", async () => {
    const auth = setUp();
    const [local, anas, bos] = [
      ask("GET", { cookie: cookieOf(await auth.signIn(anonymous, "the-code")) }),
      ask("GET", { cookie: cookieOf(await auth.signIn(bearer(ana.token, "POST"))) }),
      ask("GET", { cookie: cookieOf(await auth.signIn(bearer(bo.token, "POST"))) }),
    ];
    const named = async (who: RequestFacts) => (await auth.signIns(who)).map(({ name }) => name).sort();
    expect([await named(anas), await named(bos), await named(local)]).toEqual([
      ["ana"],
      ["bo"],
      ["ana", "bo", "local"],
    ]);
    const [own] = await auth.signIns(bos);
    expect(own).toMatchObject({ own: true, current: true });
    await expect(auth.revoke(anas, own!.id)).rejects.toEqual(refused("not_found"));
    await auth.revoke(local, own!.id);
    await expect(auth.authenticate(bos)).rejects.toEqual(refused("unauthenticated"));
    expect(await auth.signOut(anas)).toContain("Max-Age=0");
    await expect(auth.authenticate(anas)).rejects.toEqual(refused("unauthenticated"));
  });
});
