import type { ErrorCode } from "../domain/errors.ts";

/** A failure as the API says it; `network` when there was no answer at all. Told apart by `code`. */
export class ClientError extends Error {
  readonly code: ErrorCode | "network";
  readonly status: number;
  readonly remedy: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(failure: {
    code: ErrorCode | "network";
    message: string;
    status: number;
    remedy?: string;
    details?: Record<string, unknown>;
  }) {
    super(failure.message);
    this.name = "ClientError";
    this.code = failure.code;
    this.status = failure.status;
    this.remedy = failure.remedy;
    this.details = failure.details;
  }
}

export type QueryValue = string | number | boolean | null | undefined | readonly string[];

/**
 * The address of a path of the API, its segments and query encoded. Lists are joined by commas; what is missing or empty is left out.
 */
export function apiUrl(segments: readonly string[], query: Record<string, QueryValue> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(",") : value;
    if (text !== null && text !== undefined && text !== "") params.set(name, String(text));
  }
  const search = params.toString();
  return `/api/v1/${segments.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

interface Asked {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string>;
}

/** Asks the API. Throws `ClientError`; an abort passes through as the browser's `AbortError`. */
export async function askApi<Answer>(url: string, options: Asked = {}): Promise<Answer> {
  const response = await send(url, options);
  const text = await response.text();
  if (!response.ok) throw readFailure(response.status, text);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** Asks for an answer that comes line by line; a line that says a failure is thrown. */
export async function* askLines<Line extends object>(url: string, options: Asked = {}): AsyncGenerator<Line> {
  const response = await send(url, { ...options, headers: { accept: "application/x-ndjson" } });
  if (!response.ok || !response.body) throw readFailure(response.status, await response.text());
  let rest = "";
  for await (const text of readText(response.body)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const told = JSON.parse(line) as Line;
      if ("error" in told) throw readFailure(response.status, line);
      yield told;
    }
  }
}

/** Not every browser can loop over a stream. */
async function* readText(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function send(url: string, options: Asked): Promise<Response> {
  const { method = options.body === undefined ? "GET" : "POST", body, signal } = options;
  return fetch(url, {
    method,
    headers: {
      accept: "application/json",
      "x-requested-by": "trialdeck",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
    credentials: "same-origin",
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ClientError({
      code: "network",
      message: "The Trialdeck server does not answer.",
      status: 0,
      remedy: "See whether `npm start` is still running in its terminal.",
    });
  });
}

function readFailure(status: number, text: string): ClientError {
  const { error } = readJson(text) as {
    error?: { code?: ErrorCode; message?: string; remedy?: string; details?: Record<string, unknown> };
  };
  return new ClientError({
    code: error?.code ?? (status === 401 ? "unauthenticated" : "internal"),
    message: error?.message ?? `The server answered ${status} without saying why.`,
    status,
    ...(error?.remedy ? { remedy: error.remedy } : {}),
    ...(error?.details ? { details: error.details } : {}),
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
