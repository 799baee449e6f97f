import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { z } from "zod";
import { AppError, isAppError } from "../domain/errors.ts";
import { carryEncoding } from "./carried-encoding.ts";
import { type FailureBody, failureBody, statusOf } from "./failures.ts";
import { toWireJson } from "./numbers.ts";

/** What a handler needs of the engine: who asks. */
interface Authority<Viewer> {
  auth: { authenticate(request: { method: string; header(name: string): string | null }): Promise<Viewer> };
}

interface Shape<Query extends z.ZodType, Body extends z.ZodType> {
  query?: Query;
  body?: Body;
}

interface Asked<Engine, Viewer, Query, Body, Params> {
  engine: Engine;
  viewer: Viewer;
  query: Query;
  body: Body;
  params: Params;
  request: Request;
}

const largestBody = 1024 * 1024;
/** Characters. */
const largeAnswer = 32 * 1024;
const compress = promisify(gzip);
const privateHeaders = {
  "cache-control": "private, no-store",
  vary: "Cookie, Authorization",
  "x-content-type-options": "nosniff",
};
const jsonHeaders = { ...privateHeaders, "content-type": "application/json; charset=utf-8" };

/**
 * The one rhythm of a route: authorise → parse → ask → answer. What `ask` gives is sent as JSON; a `Response` is sent as it is.
 * Every failure becomes `{error: {code, message, remedy?, details?}}`; an unexpected one is logged and says nothing of its cause.
 */
export function createHandlers<Engine extends Authority<Viewer>, Viewer>(getEngine: () => Engine) {
  return function handle<
    Query extends z.ZodType,
    Body extends z.ZodType,
    Params extends Record<string, string | string[]> = Record<string, never>,
  >(
    shape: Shape<Query, Body>,
    ask: (asked: Asked<Engine, Viewer, z.output<Query>, z.output<Body>, Params>) => unknown,
  ) {
    return async (request: Request, context: { params: Promise<Params> }): Promise<Response> => {
      try {
        const engine = getEngine();
        const viewer = await engine.auth.authenticate(factsOf(request));
        const query = parseQuery(shape.query, new URL(request.url).searchParams);
        const body = shape.body
          ? parseWith(shape.body, await readJson(request), "body")
          : (undefined as z.output<Body>);
        const answer = await ask({ engine, viewer, query, body, params: await context.params, request });
        return answer instanceof Response ? answer : await sendQuickly(answer, request);
      } catch (error) {
        return sendFailure(error);
      }
    };
  };
}

/** What says who asks. */
export function factsOf(request: Request): { method: string; header(name: string): string | null } {
  return { method: request.method, header: (name) => request.headers.get(name) };
}

export function sendJson(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(toWireJson(body), { status, headers: { ...jsonHeaders, ...headers } });
}

/**
 * A large answer is compressed here: JSON shrinks as well at gzip's first level as at the sixth, which Next would take, in a fifth of the time.
 * A small one is left to Next.
 */
async function sendQuickly(body: unknown, request: Request): Promise<Response> {
  const text = toWireJson(body);
  const isZipped = text.length >= largeAnswer && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  if (!isZipped) return new Response(text, { headers: jsonHeaders });
  const headers = carryEncoding(jsonHeaders, "gzip");
  return new Response(await compress(text, { level: constants.Z_BEST_SPEED }), { headers });
}

/** The answer for a failure, known or not. */
export function sendFailure(error: unknown): Response {
  if (isAppError(error)) return sendJson(failureBody(error), statusOf[error.code]);
  // biome-ignore lint/suspicious/noConsole: the one place where an unexpected failure of a request is said
  console.error("request failed:", error);
  return sendJson(
    {
      error: { code: "internal", message: "The server failed to answer.", remedy: "The server's log names the cause." },
    } satisfies FailureBody,
    500,
  );
}

function parseQuery<Query extends z.ZodType>(schema: Query | undefined, search: URLSearchParams): z.output<Query> {
  if (!schema) return undefined as z.output<Query>;
  const named: Record<string, string | string[]> = Object.create(null);
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    named[name] = values.length > 1 ? values : (values[0] ?? "");
  }
  return parseWith(schema, { ...named }, "query");
}

function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".");
  throw badRequest(`${field ? `${field}: ` : ""}${issue?.message ?? "not understood"}`, { in: where, field });
}

async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > largestBody) throw tooLarge();
  const text = await request.text();
  if (text.length > largestBody) throw tooLarge();
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("the body is not JSON", { in: "body" });
  }
}

function badRequest(message: string, details: Record<string, unknown>): AppError {
  return new AppError("bad_request", `The request is not understood: ${message}.`, {
    remedy: "GET /api/v1/openapi.json says what each route takes.",
    details,
  });
}

function tooLarge(): AppError {
  return new AppError("too_large", "The request is larger than 1 MiB.", { remedy: "Ask for fewer things at once." });
}
