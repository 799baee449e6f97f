import { hash } from "node:crypto";

/** What a fact says, in short: equal digests, nothing to write. */
export function digestOf(...parts: (string | Uint8Array)[]): string {
  const [only] = parts;
  if (parts.length === 1) return hash("sha1", only!, "base64url");
  return hash("sha1", parts.map((part) => hash("sha1", part, "base64")).join(), "base64url");
}
