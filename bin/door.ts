import type { IncomingMessage, ServerResponse } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import { AppError, isAppError } from "../lib/domain/errors.ts";
import type { Engine } from "../lib/engine/engine.ts";
import { isLoopback } from "../lib/settings/loopback.ts";
import { failureBody, statusOf } from "../lib/wire/failures.ts";

/** The same name in `lib/auth/requests.ts`. */
const peerHeader = "x-trialdeck-peer";
type RequestFacts = Parameters<Engine["auth"]["authenticate"]>[0];

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];
/** Headers that Next acts upon and that no browser of ours sends: CVE-2025-29927 and its kin came in by these. */
const internalHeader = /^(x-middleware-|x-nextjs-|next-resume$|x-matched-path$|x-invoke-|x-now-)/;

/** Methods that anything here may answer; Next answers others with a 500. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** What the API answers without a credential: see `isOpen`. */
const openPaths = [
  { path: /^\/api\/v1\/health$/, methods: ["GET", "HEAD"] },
  { path: /^\/api\/v1\/sign-in$/, methods: ["GET", "HEAD", "POST"] },
  { path: /^\/api\/v1\/sign-in\/(oidc|callback)$/, methods: ["GET", "HEAD"] },
];
const contentPath = /^\/api\/v1\/sources\/[^/]+\/artifacts\/[^/]+\/content$/;

/** Throws `forbidden` rather than listen where nothing says who may sign in. */
export function requireAccessBeyondLoopback(host: string, token: string | undefined, access: object | null): void {
  if (isLoopback(host) || token || access) return;
  throw new AppError("forbidden", `Refusing to listen on ${host}: nothing says who on the network may sign in.`, {
    remedy: `Set TRIALDECK_TOKEN to a long random text (openssl rand -hex 32), or name people in trialdeck.config.yaml:
access:
  tokens:
    - { name: "ana", hash: "sha256:…", role: viewer }   # the line that \`trialdeck token ana\` prints
or leave out --host.`,
  });
}

/** Names by which this server may be called: what it is bound to, or all of this machine's when it is bound to every address. */
export function allowedHosts(host: string): Set<string> {
  if (isLoopback(host)) return new Set(loopbackNames);
  if (host !== "0.0.0.0" && host !== "::")
    return new Set([...loopbackNames, host.includes(":") ? `[${host}]` : host.toLowerCase()]);
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  return new Set([
    ...loopbackNames,
    hostname().toLowerCase(),
    ...addresses.map((address) => (address.includes(":") ? `[${address}]` : address)),
  ]);
}

/**
 * The checks before any routing: an unknown `Host` is answered 421, an absolute or odd target 400, headers meant for inside are dropped.
 * Answers whether the request may go on.
 */
export function admit(
  request: IncomingMessage,
  response: ServerResponse,
  hosts: ReadonlySet<string>,
  port: number,
  /** The host of the address by which people reach this server, as browsers send it. */
  publicHost: string | null = null,
): boolean {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  const hostHeaders = request.rawHeaders
    .filter((_, index) => index % 2 === 0)
    .filter((name) => name.toLowerCase() === "host");
  const host = request.headers.host ?? "";
  if (hostHeaders.length !== 1 || !(host.toLowerCase() === publicHost || isOurHost(host, hosts, port))) {
    return refuse(
      response,
      new AppError("misdirected", "This server does not answer to that host name.", {
        remedy: "Use the address it printed when it started.",
      }),
    );
  }
  if (!methods.has(request.method ?? "")) {
    return refuse(response, new AppError("bad_request", "The method is none that this server knows."));
  }
  const target = request.url ?? "";
  if (!target.startsWith("/") || target.startsWith("//") || target.includes("\\") || !isDecodable(target)) {
    return refuse(response, new AppError("bad_request", "The request target is not a path."));
  }
  for (const name of Object.keys(request.headers)) if (internalHeader.test(name)) delete request.headers[name];
  request.headers[peerHeader] = request.socket.remoteAddress ?? "";
  return true;
}

/**
 * Below `/api`, whatever the method and whether or not there is such a route: 401 without a credential, so that no 405 or 204 tells
 * strangers what exists. The routes ask again for themselves.
 */
export async function admitToApi(
  request: IncomingMessage,
  response: ServerResponse,
  auth: { authenticate(request: RequestFacts): Promise<unknown> },
): Promise<boolean> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const method = request.method ?? "";
  if ((path !== "/api" && !path.startsWith("/api/")) || isOpen(method, path, query)) return true;
  try {
    await auth.authenticate({ method, header: (name) => request.headers[name]?.toString() ?? null });
    return true;
  } catch (error) {
    if (isAppError(error)) return refuse(response, error);
    console.error("request failed:", error);
    return refuse(response, new AppError("internal", "The server failed to answer."));
  }
}

/** Health, signing in, and the bytes of an artifact by a signature, which their route checks. */
function isOpen(method: string, path: string, query: string): boolean {
  if (contentPath.test(path))
    return (method === "GET" || method === "HEAD") && new URLSearchParams(query).has("signature");
  return openPaths.some((open) => open.path.test(path) && open.methods.includes(method));
}

/** Next answers 500 to escapes that are no UTF-8. */
function isDecodable(target: string): boolean {
  try {
    decodeURIComponent(target.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

function isOurHost(header: string, hosts: ReadonlySet<string>, port: number): boolean {
  const match = /^(.*?)(?::(\d+))?$/.exec(header.toLowerCase());
  return match !== null && hosts.has(match[1] ?? "") && Number(match[2] ?? 80) === port;
}

function refuse(response: ServerResponse, error: AppError): false {
  response.writeHead(statusOf[error.code], {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "private, no-store",
    connection: "close",
  });
  response.end(JSON.stringify(failureBody(error)));
  return false;
}
