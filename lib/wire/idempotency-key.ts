import { AppError } from "../domain/errors.ts";

/** What makes a request that is sent again the same one. Throws `bad_request` without it. */
export function idempotencyKeyOf(request: Request): string {
  const key = request.headers.get("idempotency-key")?.trim() ?? "";
  if (key !== "" && key.length <= 200) return key;
  throw new AppError("bad_request", "This request needs an Idempotency-Key.", {
    remedy:
      "Send a header Idempotency-Key with a new random text of at most 200 characters, and the same one when you send it again.",
  });
}
