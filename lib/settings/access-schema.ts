import { z } from "zod";
import { roles } from "../domain/viewer.ts";

const role = z.enum(roles);
const name = z.string().min(1).max(200);

/** What is granted: a role everywhere, in these sources only (or one each), and of these only some projects. */
const granted = {
  role: role.describe("viewer reads, operator also plans and takes out, admin also purges and sets."),
  sources: z
    .union([z.array(name).min(1), z.record(name, role)])
    .optional()
    .describe("Ids of the sources it is for, or a role for each; all unless said."),
  projects: z.array(name).min(1).optional().describe("Only these projects of them; all unless said."),
};

const tokenSettings = z.strictObject({
  name: name.describe("Who it is."),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "is not what `trialdeck token NAME` prints")
    .describe("As `trialdeck token NAME` prints it."),
  ...granted,
  expires: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .optional()
    .describe("The last day (UTC) on which it counts, or the moment at which it ends."),
});

/** The first line whose `value` is among the claim's counts. */
const roleClaims = z
  .strictObject({
    claim: name.default("groups").describe("The claim that tells what somebody is (groups)."),
    grants: z
      .array(z.strictObject({ value: name.describe("One of the claim's values."), ...granted }))
      .min(1)
      .describe("What each value grants; the first that fits counts."),
  })
  .describe("What people may do, by a claim of their token.");

const issuer = z.url({ protocol: /^https?$/ }).describe("Who signs, as the token says it.");

const proxySettings = z.strictObject({
  issuer: issuer.optional(),
  audience: name.optional().describe("Whom the token is for."),
  jwks: z.string().min(1).optional().describe("The signing keys: a URL, or a file beside the settings file."),
  header: z
    .string()
    .regex(/^[a-z0-9-]+$/i, "is no name of a header")
    .default("authorization")
    .describe("The header that carries the token (authorization)."),
  trusted: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .default([])
    .describe("The proxy's own addresses, as CIDR."),
  name: name.default("email").describe("The claim that names a person (email)."),
  roles: roleClaims,
});

const oidcSettings = z.strictObject({
  issuer,
  clientId: name.describe("As the provider knows this server."),
  clientSecret: z.string().min(1).optional().describe("A reference: ${env:NAME} or file:PATH."),
  scopes: z.array(name).default(["openid", "profile", "email"]).describe("What is asked for."),
  name: name.default("email").describe("The claim that names a person (email)."),
  roles: roleClaims,
});

export const accessSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("The address by which people reach this server, where that is not its own."),
  tokens: z
    .array(tokenSettings)
    .refine((tokens) => new Set(tokens.map((token) => token.name)).size === tokens.length, "has a name twice")
    .default([])
    .describe("Tokens for scripts and people, each known by its hash alone."),
  proxy: proxySettings
    .optional()
    .describe("A proxy in front that signs people in, believed by its address and its signed token."),
  oidc: oidcSettings.optional().describe("Signing in at an OpenID provider."),
});

export type AccessSettings = z.infer<typeof accessSettings>;
export type TokenSettings = AccessSettings["tokens"][number];
export type ProxySettings = NonNullable<AccessSettings["proxy"]>;
export type OidcSettings = NonNullable<AccessSettings["oidc"]>;
export type RoleClaims = ProxySettings["roles"];
export type Granted = Pick<TokenSettings, "role" | "sources" | "projects">;
