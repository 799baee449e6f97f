import { randomBytes } from "node:crypto";
import { type Authenticator, createAuthenticator } from "../auth/authenticate.ts";
import { createOidcClient } from "../auth/oidc.ts";
import { createProxyReader } from "../auth/proxy-identity.ts";
import { idOf } from "../contracts/ids.ts";
import type { AccessFile } from "../settings/access.ts";
import type { AccessSettings } from "../settings/access-schema.ts";
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
  log(level: "warn", message: string): void;
}): Authenticator {
  const { file, token, port, signIns, oidcSecret, sources } = options;
  const access = file?.access ?? null;
  for (const source of access ? namedSources(access) : [])
    if (!sources.includes(source))
      options.log("warn", `access: names the source ${source}, which there is not: it grants nothing.`);
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

function namedSources({ tokens, proxy, oidc }: AccessSettings): Set<string> {
  const granted = [...tokens, ...(proxy?.roles.grants ?? []), ...(oidc?.roles.grants ?? [])];
  return new Set(granted.flatMap(({ sources = [] }) => (Array.isArray(sources) ? sources : Object.keys(sources))));
}
