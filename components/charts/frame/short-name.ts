import { escapeInvisible } from "../../ui/visible-text.ts";

const MOST_LETTERS = 80;
const TAIL = 9;

/** A foreign name where only plain text can stand (pictures, choices, tooltips): nothing in it acts, and both its ends are kept. */
export function shortName(name: string, most = MOST_LETTERS): string {
  // Enough of both ends: a name may have 64 KB.
  const cut = name.length > most * 4 ? `${name.slice(0, most * 2)}${name.slice(-most * 2)}` : name;
  const letters = Array.from(escapeInvisible(cut));
  if (letters.length <= most) return letters.join("");
  return `${letters.slice(0, most - TAIL - 1).join("")}…${letters.slice(-TAIL).join("")}`;
}
