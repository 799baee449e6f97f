import { randomBytes } from "node:crypto";
import { type Authenticator, createAuthenticator } from "../auth/authenticate.ts";
import { createOidcClient } from "../auth/oidc.ts";
import { createProxyReader } from "../auth/proxy-identity.ts";
import { idOf } from "../contracts/ids.ts";
import type { AccessFile } from "../settings/access.ts";
import type { SignIns } from "../state/sign-ins.ts";

/** Who may ask, by the settings. Throws `forbidden` where these would believe anyone. */
export function openAuth(options: {
  token: string;
  origins: readonly string[];
  port: number;
  signIns: SignIns;
  file: AccessFile | null;
  oidcSecret: string | undefined;
  sources: readonly string[];
}): Authenticator {
  const { file, token, port, signIns, oidcSecret, sources } = options;
  const access = file?.access ?? null;
  const origins = access?.url ? [...options.origins, new URL(access.url).origin] : options.origins;
  const { oidc, proxy } = access ?? {};
  return createAuthenticator({
    token,
    oneTimeCode: randomBytes(24).toString("base64url"),
    origins,
    port,
    signIns,
    now: () => Date.now(),
    access,
    proxy: proxy && file ? createProxyReader(proxy, file.path) : null,
    oidc: oidc
      ? createOidcClient({ ...oidc, clientSecret: oidc.clientSecret ?? oidcSecret }, access?.url ?? origins[0] ?? "")
      : null,
    grantable: { sources, experimentId: (source, name) => idOf(source, "experiment", name) },
  });
}
