import { z } from "zod";
import { pageSchema } from "../domain/source.ts";
import { isoTime } from "../domain/values.ts";
import { roles } from "../domain/viewer.ts";
import type { Endpoint } from "./endpoint.ts";

const role = z.enum(roles);
const signInSchema = z.object({
  id: z.string(),
  name: z.string(),
  how: z.enum(["local", "token", "oidc"]),
  at: isoTime,
  seenAt: isoTime,
  expiresAt: isoTime,
  own: z.boolean().describe("of the one who asks"),
  current: z.boolean().describe("the very browser that asks"),
});

/** Who asks, and which browsers are signed in. */
export const accessEndpoints = {
  signIn: {
    method: "get",
    path: "/sign-in",
    summary: "The one-time sign-in address",
    query: z.object({ code: z.string().max(200) }),
    open: true,
  },
  signInByToken: { method: "post", path: "/sign-in", summary: "A sign-in cookie for a bearer token" },
  signInElsewhere: {
    method: "get",
    path: "/sign-in/oidc",
    summary: "Sends a browser to the sign-in provider",
    open: true,
  },
  signInBack: {
    method: "get",
    path: "/sign-in/callback",
    summary: "Where the sign-in provider sends it back to",
    open: true,
  },
  signOut: { method: "post", path: "/sign-out", summary: "Ends this browser's sign-in" },
  me: {
    method: "get",
    path: "/me",
    summary: "Who asks, and what they may do",
    answer: z.object({
      name: z.string(),
      how: z.enum(["local", "token", "proxy", "oidc"]),
      role,
      grants: z
        .array(z.object({ source: z.string(), role, experiments: z.number().nullable() }))
        .nullable()
        .describe("by source, where they do not see all; experiments: how many of it, null for all"),
    }),
  },
  signIns: {
    method: "get",
    path: "/sign-ins",
    summary: "Signed-in browsers: one's own; an admin's are all",
    answer: pageSchema(signInSchema),
  },
  revokeSignIn: {
    method: "delete",
    path: "/sign-ins/{signIn}",
    summary: "Ends a sign-in",
    answer: z.object({ revoked: z.string() }),
  },
} as const satisfies Record<string, Endpoint>;
