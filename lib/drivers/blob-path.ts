import { AppError } from "../domain/errors.ts";

/** The whole answer of one blob read is held in memory; nobody needs more at once. */
export const maxReadBytes = 256 * 1024 * 1024;

/**
 * A blob path as its segments, taken literally (nothing is decoded). `null`: no stored file can have this path.
 * Throws `forbidden` for a path that would leave the root.
 */
export function splitBlobPath(engine: string, path: string): string[] | null {
  const segments = path.split("/");
  const foreignSeparator = process.platform === "win32" && /[\\:]/.test(path);
  if (path.startsWith("/") || path.includes("\0") || segments.includes("..") || foreignSeparator) {
    throw new AppError("forbidden", `${engine}: this path leaves the folder that the source shows`, {
      remedy: "Ask for a path below the source's folder.",
    });
  }
  return segments.some((segment) => segment === "" || segment === ".") ? null : segments;
}

/** A folder prefix as its segments; "" is the root and one closing `/` is allowed. */
export function splitBlobPrefix(engine: string, prefix: string): string[] | null {
  if (prefix === "") return [];
  return splitBlobPath(engine, prefix.endsWith("/") && prefix !== "/" ? prefix.slice(0, -1) : prefix);
}

/** Range that can be read of `size` bytes. Throws `too_large` beyond what is held in memory at once. */
export function clampRange(
  engine: string,
  size: number,
  range: { offset: number; length: number },
): { offset: number; length: number } {
  const offset = Math.min(Math.max(0, Math.trunc(range.offset) || 0), size);
  const length = Math.min(Math.max(0, Math.trunc(range.length) || 0), size - offset);
  if (length > maxReadBytes) {
    throw new AppError("too_large", `${engine}: ${length} bytes are too many for one read`, {
      remedy: "Read the file in smaller ranges.",
      details: { limit: maxReadBytes },
    });
  }
  return { offset, length };
}

/** Path order, the same in every blob driver: by UTF-16 code units, as `<` compares. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
