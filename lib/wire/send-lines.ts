import { isAppError } from "../domain/errors.ts";
import { failureBody } from "./failures.ts";
import { toWireJson } from "./numbers.ts";

const lines = "application/x-ndjson";

export function wantsLines(request: Request): boolean {
  return request.headers.get("accept")?.includes(lines) ?? false;
}

/**
 * Answers a line of JSON for each thing that `work` tells, and one for its answer: `{step}` and `{answer}`, or `{error}` where it failed after its
 * begin. A failure before anything was told is thrown, and becomes an ordinary answer.
 */
export async function sendLines<Told, Answer>(
  work: (tell: (told: Told) => void) => Promise<Answer>,
): Promise<Response> {
  const encoder = new TextEncoder();
  const stream = new TransformStream<Uint8Array, Uint8Array>();
  const writer = stream.writable.getWriter();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  // A reader that went away ends the writing, not the work.
  const write = (line: object) => void writer.write(encoder.encode(`${toWireJson(line)}\n`)).catch(() => undefined);
  const working = work((step) => {
    write({ step });
    begin();
  });
  working
    .then(
      (answer) => write({ answer }),
      (error) => write(isAppError(error) ? failureBody(error) : { error: { code: "internal", message: "It failed." } }),
    )
    .finally(() => writer.close().catch(() => undefined));
  await Promise.race([begun, working]);
  return new Response(stream.readable, {
    headers: { "content-type": `${lines}; charset=utf-8`, "cache-control": "private, no-store, no-transform" },
  });
}
