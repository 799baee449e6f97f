import { createGunzip, createInflate } from "node:zlib";

/** Compressions that joblib writes, by their first bytes (`joblib/compressor.py`). */
const prefixes: readonly (readonly [name: string, ...bytes: number[]])[] = [
  ["gzip", 0x1f, 0x8b],
  ["bz2", 0x42, 0x5a, 0x68],
  ["lzma", 0x5d, 0x00],
  ["xz", 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  ["lz4", 0x04, 0x22, 0x4d, 0x18],
  ["zstd", 0x28, 0xb5, 0x2f, 0xfd],
];

/** The compression around a pickle, or null when there is none. */
export function sniffCompression(bytes: Uint8Array): string | null {
  const found = prefixes.find(([, ...prefix]) => prefix.every((byte, at) => bytes[at] === byte));
  if (found) return found[0];
  // A zlib header: method 8 and a checksum over its two bytes (RFC 1950); no pickle begins with "x".
  const [first = 0, second = 0] = bytes;
  return first === 0x78 && (first * 256 + second) % 31 === 0 ? "zlib" : null;
}

export interface Unpacked {
  bytes: Buffer;
  /** Why these are not all the bytes; null when they are. */
  problem: string | null;
}

/** Unpacks zlib or gzip up to `maxBytes`; what was unpacked before a cut, an error or that bound is kept. Null for any other compression. */
export async function unpack(bytes: Uint8Array, compression: string, maxBytes: number): Promise<Unpacked | null> {
  if (compression !== "zlib" && compression !== "gzip") return null;
  const inflate = compression === "zlib" ? createInflate() : createGunzip();
  const pieces: Buffer[] = [];
  let length = 0;
  let problem: string | null = null;
  try {
    inflate.end(bytes);
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length >= maxBytes) break;
    }
  } catch (error) {
    problem = `the ${compression} stream breaks off after ${length} unpacked bytes (${error instanceof Error ? error.message : String(error)})`;
  }
  if (length >= maxBytes) problem = `only the first ${maxBytes} unpacked bytes were read`;
  return { bytes: Buffer.concat(pieces).subarray(0, maxBytes), problem };
}
