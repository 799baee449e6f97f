import type { Preview } from "../domain/preview.ts";
import { type ByteSource, readRange } from "./byte-source.ts";

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Most bytes of text given at once. */
const pageBytes = 262_144;

/** How these first bytes are written as text; null when they are no text. `windows-1252` stands for any older 8-bit encoding. */
export function detectEncoding(head: Uint8Array): TextEncoding | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const controls = head.reduce((count, byte) => count + (isBinary(byte) ? 1 : 0), 0);
  if (head.includes(0) || controls * 50 > head.length) return null;
  return isUtf8(head) ? "utf-8" : "windows-1252";
}

/** Control characters that logs do not use (they do use escape, bell and backspace). */
function isBinary(byte: number): boolean {
  return byte < 0x07 || (byte > 0x0d && byte < 0x1b) || (byte > 0x1b && byte < 0x20) || byte === 0x7f;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // `stream` lets the last character be cut.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Bytes as text; what is no character becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, encoding: TextEncoding): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** A page of text: `offset` counts bytes, `limit` whole lines. The next page begins at `offset` plus the bytes of this one. */
export async function previewText(
  source: ByteSource,
  encoding: TextEncoding,
  { offset, limit }: { offset: number; limit: number },
): Promise<Extract<Preview, { kind: "text" }>> {
  const page = await readRange(source, offset, pageBytes);
  const shown = page.subarray(0, endOfLines(page, encoding, limit, offset + page.length >= source.size));
  const truncated = offset > 0 || offset + shown.length < source.size;
  return { kind: "text", truncated, text: decodeText(shown, encoding), offset, totalBytes: source.size };
}

/** Where the page ends: after `limit` lines, else after its last whole line, else after its last whole character. */
function endOfLines(page: Buffer, encoding: TextEncoding, limit: number, isLast: boolean): number {
  if (encoding === "utf-16le" || encoding === "utf-16be") return page.length - (page.length % 2);
  let end = 0;
  for (let lines = 0; lines < limit; lines++) {
    const next = page.indexOf(0x0a, end);
    if (next < 0) return isLast || end === 0 ? (isLast ? page.length : endOfCharacters(page, encoding)) : end;
    end = next + 1;
  }
  return end;
}

function endOfCharacters(page: Buffer, encoding: TextEncoding): number {
  if (encoding !== "utf-8") return page.length;
  let start = page.length - 1;
  while (start > 0 && start > page.length - 4 && ((page[start] ?? 0) & 0xc0) === 0x80) start--;
  const first = page[start] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return start + length > page.length ? start : page.length;
}
