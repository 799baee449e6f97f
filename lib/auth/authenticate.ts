import { AppError, isAppError } from "../domain/errors.ts";
import { isAtLeast } from "../domain/viewer.ts";
import type { AccessSettings } from "../settings/access-schema.ts";
import type { SignedIn, SignIn, SignIns } from "../state/sign-ins.ts";
import { createFailureLimit } from "./failure-limit.ts";
import { type Grantable, grant, grantedBy } from "./granting.ts";
import type { OidcClient } from "./oidc.ts";
import type { ProxyIdentity, ProxyReader } from "./proxy-identity.ts";
import { addressOf, bearerOf, type RequestFacts, readCookie, requireSameOrigin } from "./requests.ts";
import { describeSignIn, type ShownSignIn } from "./shown-sign-in.ts";
import { findToken, hasExpired, isSame } from "./tokens.ts";
import { localAdmin, type Viewer } from "./viewer.ts";

export type { RequestFacts } from "./requests.ts";

type Who = SignedIn | ({ how: "proxy" } & ProxyIdentity);

/** Someone who asks: who they are, what they may do, and by which sign-in. */
interface Known {
  who: Who;
  viewer: Viewer;
  signIn: SignIn | null;
}

interface ShownViewer {
  name: string;
  how: Who["how"];
  role: Viewer["role"];
  /** What they may do in each source; `null`: their role in all of them. */
  grants: { source: string; role: Viewer["role"]; experiments: number | null }[] | null;
}

export interface Authenticator {
  /** Throws `unauthenticated` without a valid credential, `forbidden` for a mutation from elsewhere and for who has no role here. */
  authenticate(request: RequestFacts): Promise<Viewer>;
  describeViewer(request: RequestFacts): Promise<ShownViewer>;
  /** A new sign-in for the one-time code or for a request that carries a token. Answers the `Set-Cookie` value. */
  signIn(request: RequestFacts, code?: string): Promise<string>;
  /** Where to sign in elsewhere, and the cookie that binds it to this browser. Throws `unauthenticated` where that is not set up. */
  beginElsewhere(): Promise<{ location: string; cookie: string }>;
  /** A sign-in by what came back in the query (`?code=…`). Answers the `Set-Cookie` values. */
  endElsewhere(request: RequestFacts, search: string): Promise<string[]>;
  /** Ends this browser's sign-in. Answers the `Set-Cookie` value that clears it. */
  signOut(request: RequestFacts): Promise<string>;
  /** One's own sign-ins; an admin's are all. */
  signIns(request: RequestFacts): Promise<ShownSignIn[]>;
  revoke(request: RequestFacts, id: string): Promise<void>;
  /** The code of the printed address; good once. */
  oneTimeCode: string;
}

export interface AuthOptions {
  token: string;
  oneTimeCode: string;
  /** `http://127.0.0.1:3000`, … : what `Origin` must equal. */
  origins: readonly string[];
  port: number;
  signIns: SignIns;
  now: () => number;
  access?: AccessSettings | null;
  proxy?: ProxyReader | null;
  oidc?: OidcClient | null;
  grantable?: Grantable;
}

const nothingGrantable: Grantable = { sources: [], experimentId: () => "" };
const elsewherePath = "/api/v1/sign-in/oidc";

/** Token, sign-in cookie, or what a trusted proxy says. What a browser sends by itself needs the exact Origin, JSON and `X-Requested-By` to change things. */
export function createAuthenticator(options: AuthOptions): Authenticator {
  const { access = null, proxy = null, oidc = null, grantable = nothingGrantable, signIns, now } = options;
  let codeUsed = false;
  const isSecure = access?.url?.startsWith("https:") ?? false;
  const cookieName = `${isSecure ? "__Host-" : ""}trialdeck_${options.port}`;
  const pendingName = `trialdeck_oidc_${options.port}`;
  const cookieEnd = `HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  const failedSignIns = createFailureLimit(20, 60_000, now);
  const failedBearers = createFailureLimit(1_000, 60_000, now);

  /** `null`: they are no longer known. Throws `forbidden` for someone who is known and has no role. */
  const viewerOf = (who: Who): Viewer | null => {
    if (who.how === "local") return localAdmin;
    if (who.how === "token") {
      const token = access?.tokens.find(({ name, hash }) => name === who.name && hash === who.hash);
      return token && !hasExpired(token, now()) ? grant(token.name, token, grantable) : null;
    }
    const roles = who.how === "proxy" ? access?.proxy?.roles : access?.oidc?.roles;
    if (!roles) return null;
    const granted = grantedBy(roles, who.values);
    if (granted) return grant(who.name, granted, grantable);
    throw new AppError("forbidden", `${who.name} is signed in and has no role here.`, {
      remedy: "Whoever keeps the settings file can grant one by a group under access (docs/access.md).",
    });
  };

  const byBearer = (request: RequestFacts): Who | null => {
    const bearer = bearerOf(request);
    if (bearer === null) return null;
    failedBearers.check(addressOf(request));
    if (isSame(bearer, options.token)) return { how: "local" };
    const token = findToken(access?.tokens ?? [], bearer);
    return token && { how: "token", name: token.name, hash: token.hash };
  };

  const identify = async (request: RequestFacts): Promise<Known> => {
    const bearer = byBearer(request);
    const byToken = bearer && viewerOf(bearer);
    if (byToken) return { who: bearer, viewer: byToken, signIn: null };
    const proxied = bearer ? null : await proxy?.read(addressOf(request), request.header);
    const cookie = proxied ? null : readCookie(request, cookieName);
    const signIn = cookie === null ? null : signIns.find(cookie, now());
    const who: Who | null = proxied ? { how: "proxy", ...proxied } : (signIn?.who ?? null);
    const viewer = who && viewerOf(who);
    if (!who || !viewer) {
      if (bearerOf(request) !== null) failedBearers.note(addressOf(request));
      throw unauthenticated(oidc !== null);
    }
    requireSameOrigin(request, options.origins);
    return { who, viewer, signIn };
  };

  const cookieFor = (who: SignedIn): string => {
    const { token, maxAgeSeconds } = signIns.create(who, now());
    return `${cookieName}=${token}; Path=/; Max-Age=${maxAgeSeconds}; ${cookieEnd}`;
  };

  /** Counts failures of signing in, and refuses after too many. */
  const limited = async <Answer>(request: RequestFacts, act: () => Promise<Answer>): Promise<Answer> => {
    failedSignIns.check(addressOf(request));
    try {
      return await act();
    } catch (error) {
      if (isAppError(error) && error.code === "unauthenticated") failedSignIns.note(addressOf(request));
      throw error;
    }
  };

  const seenBy = ({ who, viewer, signIn: current }: Known): ShownSignIn[] => {
    const isAdmin = viewer.grants === null && isAtLeast(viewer.role, "admin");
    return signIns
      .list(now())
      .map((one) => describeSignIn(one, who, current?.id ?? null))
      .filter(({ own }) => own || isAdmin);
  };

  return {
    oneTimeCode: options.oneTimeCode,
    authenticate: async (request) => (await identify(request)).viewer,
    async describeViewer(request) {
      const { who, viewer } = await identify(request);
      const grants = viewer.grants && [...viewer.grants];
      return {
        ...{ name: viewer.name, how: who.how, role: viewer.role },
        grants:
          grants?.map(([source, { role, experiments }]) => ({
            ...{ source, role },
            experiments: experiments?.length ?? null,
          })) ?? null,
      };
    },
    signIn: (request, code) =>
      limited(request, async () => {
        if (code === undefined) {
          const { who } = await identify(request);
          if (who.how !== "proxy") return cookieFor(who);
          throw new AppError("conflict", "The proxy in front of this server signs you in.");
        }
        if (codeUsed || !isSame(code, options.oneTimeCode)) {
          throw new AppError("unauthenticated", "This sign-in link was used already, or is not of this server.", {
            remedy: "Sign in with the token that the server printed, or start it again for a new link.",
          });
        }
        codeUsed = true;
        return cookieFor({ how: "local" });
      }),
    async beginElsewhere() {
      const { location, secret } = await requireOidc(oidc).begin(now());
      const end = `HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
      return { location, cookie: `${pendingName}=${secret}; Path=/api/v1/sign-in; Max-Age=600; ${end}` };
    },
    endElsewhere: (request, search) =>
      limited(request, async () => {
        const secret = readCookie(request, pendingName);
        const who: SignedIn = { how: "oidc", ...(await requireOidc(oidc).end(search, secret, now())) };
        viewerOf(who);
        return [cookieFor(who), `${pendingName}=; Path=/api/v1/sign-in; Max-Age=0; HttpOnly; SameSite=Lax`];
      }),
    async signOut(request) {
      const { signIn } = await identify(request);
      if (signIn) signIns.remove(signIn.id);
      return `${cookieName}=; Path=/; Max-Age=0; ${cookieEnd}`;
    },
    signIns: async (request) => seenBy(await identify(request)),
    async revoke(request, id) {
      if (!seenBy(await identify(request)).some((one) => one.id === id))
        throw new AppError("not_found", "There is no such sign-in.", { remedy: "GET /api/v1/sign-ins lists them." });
      signIns.remove(id);
    },
  };
}

function requireOidc(oidc: OidcClient | null): OidcClient {
  if (oidc) return oidc;
  // To strangers it is as if there were no such route.
  throw new AppError("unauthenticated", "No sign-in elsewhere is set up.", {
    remedy: "Set access.oidc in the settings file.",
  });
}

function unauthenticated(elsewhere: boolean): AppError {
  return new AppError("unauthenticated", "Sign in first.", {
    remedy: "Open the address that the server printed when it started, or send Authorization: Bearer <token>.",
    ...(elsewhere && { details: { signIn: elsewherePath } }),
  });
}
