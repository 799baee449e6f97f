import { randomBytes } from "node:crypto";
import type * as OpenidClient from "openid-client";
import { AppError, isAppError } from "../domain/errors.ts";
import type { OidcSettings } from "../settings/access-schema.ts";
import { claimValues } from "./granting.ts";
import { isSame } from "./tokens.ts";

/** Signing in at a provider: authorization code with PKCE, state and nonce. */
export interface OidcClient {
  /** Where to send the browser, and the secret that its cookie keeps meanwhile. Throws `source_unavailable`. */
  begin(now: number): Promise<{ location: string; secret: string }>;
  /** Who came back. Throws `unauthenticated` for what this browser did not begin or the provider does not vouch for. */
  end(search: string, secret: string | null, now: number): Promise<{ name: string; values: string[] }>;
}

interface Pending {
  verifier: string;
  nonce: string;
  secret: string;
  until: number;
}

const pendingMillis = 10 * 60_000;
const mostPending = 1_000;

/** `base`: the address by which browsers reach this server. The provider is asked when the first person signs in. */
export function createOidcClient(settings: OidcSettings, base: string): OidcClient {
  const { issuer, clientId, clientSecret, scopes, name, roles } = settings;
  const redirect = new URL("/api/v1/sign-in/callback", base).href;
  const pending = new Map<string, Pending>();
  let opened: Promise<{ client: typeof OpenidClient; config: OpenidClient.Configuration }> | null = null;

  const open = async () => {
    opened ??= (async () => {
      const client = await import("openid-client");
      const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
      // Plain http only where the file itself says so, as for a provider on the same machine.
      const execute = issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
      const config = await client.discovery(new URL(issuer), clientId, undefined, authentication, {
        execute,
        timeout: 5,
      });
      return { client, config };
    })();
    try {
      return await opened;
    } catch (cause) {
      opened = null;
      throw new AppError("source_unavailable", "The sign-in provider does not answer.", {
        remedy: "Try again; whoever keeps the settings file can see whether access.oidc.issuer is its address.",
        cause,
      });
    }
  };

  return {
    async begin(now) {
      const { client, config } = await open();
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      const secret = randomBytes(32).toString("base64url");
      pending.set(state, { verifier, nonce, secret, until: now + pendingMillis });
      const [oldest] = pending.keys();
      if (pending.size > mostPending && oldest !== undefined) pending.delete(oldest);
      const location = client.buildAuthorizationUrl(config, {
        redirect_uri: redirect,
        scope: scopes.join(" "),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      });
      return { location: location.href, secret };
    },
    async end(search, secret, now) {
      const state = new URLSearchParams(search).get("state") ?? "";
      const begun = pending.get(state);
      if (!begun || secret === null || !isSame(secret, begun.secret) || begun.until <= now) throw notVouched();
      pending.delete(state);
      const { client, config } = await open();
      try {
        const tokens = await client.authorizationCodeGrant(config, new URL(`${redirect}${search}`), {
          pkceCodeVerifier: begun.verifier,
          expectedState: state,
          expectedNonce: begun.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw notVouched();
        // Providers tell groups in either place.
        const more = config.serverMetadata().userinfo_endpoint
          ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
          : {};
        const all = { ...more, ...claims };
        return { name: claimValues(all, name)[0] ?? claims.sub, values: claimValues(all, roles.claim) };
      } catch (cause) {
        throw isAppError(cause) ? cause : notVouched(cause);
      }
    },
  };
}

function notVouched(cause?: unknown): AppError {
  return new AppError("unauthenticated", "Signing in did not come to its end.", {
    remedy: "Begin anew on the sign-in page, in the same browser.",
    cause,
  });
}
