import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessSettings } from "../settings/access-schema.ts";
import { openState } from "../state/state.ts";
import { createAuthenticator, type RequestFacts } from "./authenticate.ts";
import { createOidcClient } from "./oidc.ts";
import { startProvider } from "./testing/start-provider.ts";

const base = "http://127.0.0.1:3000";
const ask = (headers: Record<string, string> = {}): RequestFacts => ({
  method: "GET",
  header: (name) => headers[name] ?? null,
});
const cookieOf = (setCookie: string) => setCookie.split(";")[0] ?? "";

describe("signing in at a provider", () => {
  let provider: Awaited<ReturnType<typeof startProvider>>;
  beforeAll(async () => {
    provider = await startProvider(`${base}/api/v1/sign-in/callback`);
  });
  afterAll(() => provider.close());

  const setUp = () => {
    const access = accessSettings.parse({
      oidc: {
        issuer: provider.issuer,
        clientId: "trialdeck",
        clientSecret: "a-client-secret",
        scopes: provider.scopes,
        roles: {
          grants: [
            { value: "keepers", role: "admin" },
            { value: "wine", role: "operator", sources: ["lab"] },
          ],
        },
      },
    });
    return createAuthenticator({
      token: "a-token-of-enough-length",
      oneTimeCode: "the-code",
      origins: [base],
      port: 3000,
      signIns: openState("", { lasting: false }).signIns,
      now: () => Date.now(),
      access,
      oidc: createOidcClient(access.oidc!, base),
      grantable: { sources: ["lab"], experimentId: () => "" },
    });
  };
  const comeBack = async (auth: ReturnType<typeof setUp>, name: string) => {
    const { location, cookie } = await auth.beginElsewhere();
    return { back: new URL(await provider.signInAs(name, location)), cookie: cookieOf(cookie) };
  };

  it("gives the role of the first group that is named", async () => {
    const auth = setUp();
    for (const [name, role, grants] of [
      ["ana", "operator", new Map([["lab", { role: "operator", experiments: null }]])],
      ["otto", "admin", null],
    ] as const) {
      const { back, cookie } = await comeBack(auth, name);
      expect(back.href).toMatch(`${base}/api/v1/sign-in/callback?`);
      const [session = ""] = await auth.endElsewhere(ask({ cookie }), back.search);
      expect(await auth.authenticate(ask({ cookie: cookieOf(session) }))).toEqual({
        name: `${name}@lab.test`,
        role,
        grants,
      });
    }
  });

  it("lets nobody in who has no role", async () => {
    const auth = setUp();
    const { back, cookie } = await comeBack(auth, "eve");
    await expect(auth.endElsewhere(ask({ cookie }), back.search)).rejects.toMatchObject({ code: "forbidden" });
  });

  it("takes what came back once, in the browser that began it, and unaltered", async () => {
    const auth = setUp();
    const { back, cookie } = await comeBack(auth, "ana");
    const failed = expect.objectContaining({ code: "unauthenticated" });
    await expect(auth.endElsewhere(ask(), back.search)).rejects.toEqual(failed);
    await expect(auth.endElsewhere(ask({ cookie: `${cookie}x` }), back.search)).rejects.toEqual(failed);
    await expect(auth.endElsewhere(ask({ cookie }), "?code=guess&state=guess")).rejects.toEqual(failed);
    await auth.endElsewhere(ask({ cookie }), back.search);
    await expect(auth.endElsewhere(ask({ cookie }), back.search)).rejects.toEqual(failed);
    const other = await comeBack(auth, "ana");
    other.back.searchParams.set("code", "another");
    await expect(auth.endElsewhere(ask({ cookie: other.cookie }), other.back.search)).rejects.toEqual(failed);
  });

  it("says where to sign in to who is not", async () => {
    await expect(setUp().authenticate(ask())).rejects.toMatchObject({
      code: "unauthenticated",
      details: { signIn: "/api/v1/sign-in/oidc" },
    });
  });
});
