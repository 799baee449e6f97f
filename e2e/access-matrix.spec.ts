import { request } from "node:http";
import { expect, test } from "playwright/test";
import { accessTable, isExpected, isHarmless, type RouteAccess, type Strange } from "./support/access-table.ts";
import { listApiRoutes } from "./support/api-routes.ts";
import { openSharedLab, type Person, type SharedLab } from "./support/shared-lab.ts";
import { findStrange } from "./support/strange-things.ts";

let lab: SharedLab;
let ids: Strange;
test.beforeAll(async () => {
  lab = await openSharedLab();
  ids = await findStrange(lab);
});
test.afterAll(() => lab?.stop());

interface Sent {
  method: string;
  target: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The status of a request whose target goes out as it is written. What streams is cut. */
function statusOf(who: Person | null, { method, target, headers = {}, body }: Sent): Promise<number> {
  const { hostname, port } = new URL(lab.server.origin);
  const text = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ hostname, port, path: target, method },
        headers: {
          ...(who && { authorization: `Bearer ${lab.tokens[who]}` }),
          ...(text && { "content-type": "application/json", "content-length": String(text.length) }),
          "idempotency-key": crypto.randomUUID(),
          ...headers,
        },
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      },
    );
    sent.on("error", reject).end(text);
  });
}

function addressOf(path: string, access: RouteAccess): string {
  const values: Record<string, string> = {
    ...{ source: "lab", bucket: "none", signIn: "0".repeat(64), unknown: "none", ...ids },
    ...(access.spare && { plan: ids.sparePlan }),
  };
  return `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? name)}${access.query?.(ids) ?? ""}`;
}

const persons: (Person | null)[] = [null, "expired", "scoped", "viewer", "operator", "admin"];
const table = () =>
  Object.entries(accessTable).map(([route, access]) => {
    const [method = "", path = ""] = route.split(" ");
    return { route, access, method, target: addressOf(path, access), body: access.body?.(ids) };
  });

test("every route that is served is in the table, and no other", () => {
  expect(listApiRoutes().sort()).toEqual(Object.keys(accessTable).sort());
});

test("each person is answered by each route as their role says", async () => {
  const wrong: string[] = [];
  for (const { route, access, ...sent } of table())
    for (const who of persons) {
      const status = await statusOf(who, sent);
      if (!isExpected(access, who, status)) wrong.push(`${route} as ${who ?? "a stranger"}: ${status}`);
    }
  expect(wrong).toEqual([]);
});

/** Other ways to ask for the same: none may be answered more kindly. */
const variants: Record<string, (sent: Sent) => Sent> = {
  "x-middleware-subrequest": (sent) => ({
    ...sent,
    headers: { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy", "x-trialdeck-peer": "127.0.0.1" },
  }),
  "_rsc query": (sent) => ({ ...sent, target: `${sent.target}${sent.target.includes("?") ? "&" : "?"}_rsc=1abc` }),
  "segment prefetch": (sent) => ({
    ...sent,
    headers: { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  }),
};
test("headers and queries of the framework change nothing", async () => {
  const wrong: string[] = [];
  for (const [variant, ask] of Object.entries(variants))
    for (const { route, access, ...sent } of table())
      for (const who of persons.filter((one) => isHarmless(access, route, one))) {
        const status = await statusOf(who, ask(sent));
        // Where it would be a page, the framework sends on to the address that it would have asked.
        const isSentOn = status === 307 && variant === "segment prefetch";
        if (!isSentOn && !isExpected(access, who, status))
          wrong.push(`${route}, ${variant}, as ${who ?? "a stranger"}: ${status}`);
      }
  expect(wrong).toEqual([]);
});

const withPath = (sent: Sent, change: (path: string) => string): Sent => {
  const [path = "", ...query] = sent.target.split("?");
  return { ...sent, target: [change(path), ...query].join("?") };
};
/** Other spellings of the address lead nowhere. */
const spellings: Record<string, { ask: (sent: Sent) => Sent; outside?: boolean }> = {
  ".rsc": { ask: (sent) => withPath(sent, (path) => `${path}.rsc`) },
  "encoded slash": { ask: (sent) => withPath(sent, (path) => path.replace(/\/([^/]*)$/, "%2f$1")) },
  "encoded first slash": {
    ask: (sent) => withPath(sent, (path) => path.replace("/api/", "/api%2f")),
    outside: true,
  },
  "doubled slash": { ask: (sent) => withPath(sent, (path) => path.replace("/v1/", "/v1//")) },
  "doubled first slash": { ask: (sent) => withPath(sent, (path) => `/${path}`), outside: true },
  "letter case": { ask: (sent) => withPath(sent, (path) => path.toUpperCase()), outside: true },
  "absolute form": {
    ask: (sent) => ({ ...sent, target: `${lab.server.origin}${sent.target}` }),
    outside: true,
  },
};
test("other spellings of an address lead nowhere", async () => {
  const wrong: string[] = [];
  for (const [spelling, { ask, outside }] of Object.entries(spellings))
    for (const { route, access, ...sent } of table())
      for (const who of persons.filter((one) => isHarmless(access, route, one))) {
        const status = await statusOf(who, ask(sent));
        const isStranger = who === null || who === "expired";
        const refused = isStranger && !outside ? [401] : [400, 403, 404, 405, 308, 401];
        if (!refused.includes(status)) wrong.push(`${route}, ${spelling}, as ${who ?? "a stranger"}: ${status}`);
      }
  expect(wrong).toEqual([]);
});

test("HEAD and OPTIONS say no more than GET does", async () => {
  const wrong: string[] = [];
  for (const { route, access, method, ...sent } of table())
    for (const who of persons) {
      const isStranger = who === null || who === "expired";
      const head = await statusOf(who, { ...sent, body: undefined, method: "HEAD" });
      const isRight =
        method === "GET" ? isExpected(access, who, head) : [401, 403, 404, 405].includes(head) || access.limited;
      if (!isRight) wrong.push(`HEAD for ${route} as ${who ?? "a stranger"}: ${head}`);
      const options = await statusOf(who, { ...sent, body: undefined, method: "OPTIONS" });
      if (isStranger ? options !== 401 : ![200, 204, 400, 404, 405].includes(options))
        wrong.push(`OPTIONS for ${route} as ${who ?? "a stranger"}: ${options}`);
    }
  expect(wrong).toEqual([]);
});
