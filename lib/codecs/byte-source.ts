/** Bytes that can be read by range: a file, a stored object, an entry of an archive. */
export interface ByteSource {
  size: number;
  /** Bytes from `offset`; fewer than `length` only where the bytes end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** No single read asks for more, so that no message between processes is larger. */
const pieceBytes = 2 ** 20;

/** Up to `length` bytes from `offset`, gathered from bounded reads. Shorter where the source ends, or ends earlier than it said. */
export async function readRange(source: ByteSource, offset: number, length: number): Promise<Buffer> {
  const wanted = Math.max(0, Math.min(length, source.size - offset));
  const bytes = Buffer.alloc(wanted);
  let filled = 0;
  while (filled < wanted) {
    const piece = await source.read(offset + filled, Math.min(pieceBytes, wanted - filled));
    if (piece.length === 0) break;
    bytes.set(piece.subarray(0, wanted - filled), filled);
    filled += Math.min(piece.length, wanted - filled);
  }
  return bytes.subarray(0, filled);
}

/** A source over bytes in memory. `size` may say more than is there: what lies behind was not read. */
export function sourceOf(bytes: Uint8Array, size: number = bytes.length): ByteSource {
  return { size, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}
