/**
 * Characters that would hide, reorder or break a line of text: controls, line separators, zero-width ones, bidi marks and overrides,
 * the byte order mark, lone surrogates (Unicode 16, general categories Cc, Cf, Zl, Zp, Cs). Joiners inside emoji are Cf too and are shown as well.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text with every invisible character as a visible escape (`\n`, `\u{202e}`); everything else as it is. */
export function escapeInvisible(text: string): string {
  return text.replace(
    invisible,
    (character) => named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Splits a name so that its end can stay in sight when its middle is cut: at most `tail` characters (whole code points) at the end. */
export function splitTail(text: string, tail: number): { head: string; tail: string } {
  const characters = Array.from(text);
  if (characters.length <= tail * 2) return { head: text, tail: "" };
  return { head: characters.slice(0, -tail).join(""), tail: characters.slice(-tail).join("") };
}
