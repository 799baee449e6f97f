import { describeToken, makeToken } from "../auth/tokens.ts";

/** A token for someone, told once, and the line with its hash for `access.tokens` of the settings file. */
export function newToken(name: string): { token: string; line: string } {
  const { token, hash } = makeToken();
  return { token, line: describeToken(name, hash) };
}
