import type { Person } from "./shared-lab.ts";

/** Things of wine-lab: the person who is bound to spill-lab must not learn of any. */
export interface Strange {
  run: string;
  metric: string;
  entry: string;
  artifact: string;
  /** Published. */
  plan: string;
  sparePlan: string;
  /** It took out an entry. */
  operation: string;
}

export interface RouteAccess {
  /** `open`: answers anyone. */
  needs: "open" | "viewer" | "operator" | "admin";
  /** What the person who is bound to another project is answered. */
  scoped: number;
  /** The path asked for, where the one with the ids put in is not enough. */
  query?: (ids: Strange) => string;
  body?: (ids: Strange) => unknown;
  /** A plan in the path is the spare one. */
  spare?: boolean;
  /** Failures are counted, so that it may answer 429. */
  limited?: boolean;
}

const list: RouteAccess = { needs: "viewer", scoped: 200 };
const thing: RouteAccess = { needs: "viewer", scoped: 404 };
const change = (body: RouteAccess["body"] = () => ({})): RouteAccess => ({ needs: "operator", scoped: 404, body });
const whole = (needs: "operator" | "admin", body?: RouteAccess["body"]): RouteAccess => ({
  needs,
  scoped: 403,
  ...(body && { body }),
});
const nothing = () => ({});
const plan = "/sources/{source}/cache/plans/{plan}";
const run = "/sources/{source}/runs/{run}";
const artifact = "/sources/{source}/artifacts/{artifact}";

/** Who may use which route. One that is not here fails the test of the matrix. */
export const accessTable: Record<string, RouteAccess> = {
  "GET /health": { needs: "open", scoped: 200 },
  "GET /sign-in": { needs: "open", scoped: 401, limited: true },
  "POST /sign-in": { needs: "viewer", scoped: 200, limited: true, body: nothing },
  "GET /sign-in/oidc": { needs: "open", scoped: 401 },
  "GET /sign-in/callback": { needs: "open", scoped: 401, limited: true },
  "POST /sign-out": { ...list, body: nothing },
  "GET /sign-ins": list,
  "DELETE /sign-ins/{signIn}": { ...thing, body: nothing },
  "GET /me": list,
  "GET /openapi.json": list,
  "GET /events": list,
  "GET /overview": list,
  "GET /settings": whole("operator"),
  "POST /settings/check": whole("operator", () => ({ source: "lab" })),
  "GET /settings/form": whole("admin"),
  "POST /settings/sources": whole("admin", () => ({
    of: null,
    digest: "none",
    candidate: { target: "." },
    write: false,
  })),
  "POST /settings/drafts/discard": whole("admin", () => ({ of: null })),
  "GET /sources": list,
  "GET /sources/{source}/experiments": list,
  "GET /runs": list,
  "GET /runs/columns": list,
  "POST /series": {
    ...thing,
    body: ({ run: of, metric }) => ({ refs: [{ source: "lab", run: of, metric }], points: 10 }),
  },
  "GET /sources/{source}/runs": list,
  [`GET ${run}`]: thing,
  [`GET ${run}/graph`]: thing,
  [`GET ${run}/log`]: thing,
  [`GET ${run}/metrics`]: thing,
  [`GET ${run}/series/{metric}`]: thing,
  [`GET ${run}/artifacts`]: list,
  [`GET ${run}/explanation`]: thing,
  "GET /sources/{source}/artifacts": list,
  [`GET ${artifact}`]: thing,
  [`GET ${artifact}/preview`]: thing,
  [`GET ${artifact}/content`]: thing,
  "GET /cache/entries": list,
  "GET /cache/orphans": { ...list, query: () => "?side=payload" },
  "GET /cache/ledger": list,
  "GET /cache/policy": { ...list, query: () => "?olderThanDays=1" },
  "GET /cache/plans": list,
  "GET /cache/buckets": list,
  "POST /cache/buckets/{bucket}/confirm": whole("admin", nothing),
  "POST /cache/buckets/{bucket}/revoke": whole("admin", nothing),
  "GET /sources/{source}/cache/entries": list,
  "GET /sources/{source}/cache/entries/{entry}": thing,
  "GET /sources/{source}/cache/tree": list,
  "GET /sources/{source}/cache/ledger": list,
  "GET /sources/{source}/cache/lost": { ...list, query: () => "?limit=9" },
  "GET /sources/{source}/cache/explain": { ...thing, query: ({ run: of }) => `?run=${of}&process=train_sgd` },
  "POST /sources/{source}/cache/pins": change(({ entry }) => ({ entries: [entry], pinned: true })),
  "POST /sources/{source}/cache/plans": change(({ entry }) => ({ intent: "custom", selector: { entries: [entry] } })),
  [`GET ${plan}`]: thing,
  [`GET ${plan}/items`]: thing,
  [`GET ${plan}/changes`]: thing,
  [`POST ${plan}/publish`]: change(() => ({ days: 1 })),
  [`POST ${plan}/hold`]: change(({ entry }) => ({ items: [entry], reason: "needed" })),
  [`POST ${plan}/release`]: change(({ entry }) => ({ items: [entry] })),
  [`POST ${plan}/again`]: change(),
  [`POST ${plan}/apply`]: change(() => ({ fingerprint: "none" })),
  // An operator withdraws their own only.
  [`POST ${plan}/withdraw`]: { ...change(), needs: "admin", spare: true },
  "GET /operations": list,
  "GET /operations/{operation}": thing,
  "GET /operations/{operation}/items": thing,
  "POST /operations/{operation}/cancel": change(),
  "POST /operations/{operation}/restore": change(),
  "POST /operations/{operation}/purge": { ...change(), needs: "admin" },
  "GET /audit": list,
  ...Object.fromEntries(["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => [`${method} /{unknown}`, thing])),
};

const ranks = ["viewer", "operator", "admin"];

/** Whether this status is right for the person: `null` is a stranger. */
export function isExpected(
  { needs, scoped, limited, spare }: RouteAccess,
  who: Person | null,
  status: number,
): boolean {
  if (limited && status === 429) return true;
  if (needs === "open") return status === scoped;
  if (who === null || who === "expired") return status === 401;
  if (who === "scoped") return status === scoped;
  // What has ended by then is a conflict for everyone who may see it.
  if (spare && status === 409) return true;
  const isEnough = ranks.indexOf(who) >= ranks.indexOf(needs);
  return isEnough ? status !== 401 && status !== 403 && status < 500 : status === 403;
}

/** Whether the person only looks, or is refused: then the request may be sent in any way without changing anything. */
export function isHarmless({ needs, scoped }: RouteAccess, route: string, who: Person | null): boolean {
  if (route.startsWith("GET ")) return true;
  if (who === null || who === "expired") return true;
  if (who === "scoped") return scoped >= 400;
  return needs !== "open" && ranks.indexOf(who) < ranks.indexOf(needs);
}
