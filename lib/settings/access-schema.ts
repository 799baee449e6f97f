import { z } from "zod";
import { roles } from "../domain/viewer.ts";

const role = z.enum(roles);
const name = z.string().min(1).max(200);

/** What is granted: a role everywhere, in these sources only (or one each), and of these only some projects. */
const granted = {
  role,
  sources: z.union([z.array(name).min(1), z.record(name, role)]).optional(),
  projects: z.array(name).min(1).optional(),
};

const tokenSettings = z.strictObject({
  name,
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not what `trialdeck token NAME` prints"),
  ...granted,
  expires: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .optional(),
});

/** The first line whose `value` is among the claim's counts. */
const roleClaims = z.strictObject({
  claim: name.default("groups"),
  grants: z.array(z.strictObject({ value: name, ...granted })).min(1),
});

const issuer = z.url({ protocol: /^https?$/ });

const proxySettings = z.strictObject({
  issuer: issuer.optional(),
  audience: name.optional(),
  /** A URL, or a file beside the settings file. */
  jwks: z.string().min(1).optional(),
  header: z
    .string()
    .regex(/^[a-z0-9-]+$/i, "is no name of a header")
    .default("authorization"),
  trusted: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
  /** The claim that names a person. */
  name: name.default("email"),
  roles: roleClaims,
});

const oidcSettings = z.strictObject({
  issuer,
  clientId: name,
  clientSecret: z.string().min(1).optional(),
  scopes: z.array(name).default(["openid", "profile", "email"]),
  name: name.default("email"),
  roles: roleClaims,
});

export const accessSettings = z.strictObject({
  /** The address by which people reach this server, where that is not its own. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  tokens: z
    .array(tokenSettings)
    .refine((tokens) => new Set(tokens.map((token) => token.name)).size === tokens.length, "has a name twice")
    .default([]),
  proxy: proxySettings.optional(),
  oidc: oidcSettings.optional(),
});

export type AccessSettings = z.infer<typeof accessSettings>;
export type TokenSettings = AccessSettings["tokens"][number];
export type ProxySettings = NonNullable<AccessSettings["proxy"]>;
export type OidcSettings = NonNullable<AccessSettings["oidc"]>;
export type RoleClaims = ProxySettings["roles"];
export type Granted = Pick<TokenSettings, "role" | "sources" | "projects">;
