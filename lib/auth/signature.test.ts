import { expect, it } from "vitest";
import { createContentSigner } from "./signature.ts";

it("is good for one artifact and about five minutes", () => {
  let now = 1_000_000;
  const signer = createContentSigner(new Uint8Array(32), () => now);
  const query = new URLSearchParams(signer.sign("s", "a"));
  const signed = { expires: Number(query.get("expires")), signature: query.get("signature") ?? "" };
  expect(signer.isValid("s", "a", signed)).toBe(true);
  expect(signer.isValid("s", "b", signed)).toBe(false);
  expect(signer.isValid("sa", "", signed)).toBe(false);
  expect(signer.isValid("s", "a", { ...signed, expires: signed.expires + 1 })).toBe(false);
  expect(signer.isValid("s", "a", { ...signed, signature: "" })).toBe(false);
  now += 6 * 60_000 + 1;
  expect(signer.isValid("s", "a", signed)).toBe(false);
});
