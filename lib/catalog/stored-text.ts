/** Lower case, as names are compared when a free word is looked for. */
export function foldText(text: string): string {
  return text.toLowerCase();
}

/** The folded form where it differs from the text itself, so that most rows need not hold it twice. */
export function foldedUnlessSame(text: string): string | null {
  const folded = foldText(text);
  return folded === text ? null : folded;
}

/** How much of a text sorts. Longer ones that begin alike stay in the order of their rows. */
export const sortedLength = 200;

const escaped = "\u0000\u0000";

/**
 * SQLite keeps text as UTF-8, which has no lone surrogates: a text with one is kept as marked JSON, so that a name comes back exactly as
 * stored.
 */
export function storeText(text: string): string {
  return text.isWellFormed() && !text.startsWith(escaped) ? text : escaped + JSON.stringify(text);
}

/** The text that `storeText` was given. */
export function restoreText(stored: string): string {
  return stored.startsWith(escaped) ? (JSON.parse(stored.slice(escaped.length)) as string) : stored;
}

export function storeNullable(text: string | null): string | null {
  return text === null ? null : storeText(text);
}

export function restoreNullable(stored: string | null): string | null {
  return stored === null ? null : restoreText(stored);
}
