import type { SignedIn, SignIn } from "../state/sign-ins.ts";

/** A signed-in browser as it is told. */
export interface ShownSignIn {
  id: string;
  name: string;
  how: SignedIn["how"];
  at: string;
  seenAt: string;
  expiresAt: string;
  /** Of the one who asks. */
  own: boolean;
  /** The very browser that asks. */
  current: boolean;
}

export function describeSignIn(
  { id, who, at, seenAt, expiresAt }: SignIn,
  asker: { how: string; name?: string },
  currentId: string | null,
): ShownSignIn {
  const iso = (millis: number) => new Date(millis).toISOString();
  const name = nameOf(who);
  return {
    ...{ id, name, how: who.how, at: iso(at), seenAt: iso(seenAt), expiresAt: iso(expiresAt) },
    own: who.how === asker.how && name === nameOf(asker),
    current: id === currentId,
  };
}

function nameOf(who: { how: string; name?: string }): string {
  return who.name ?? "local";
}
