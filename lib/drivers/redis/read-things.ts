import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { StoredThing } from "../../contracts/changes.ts";
import type { KeyValue } from "../../contracts/driver.ts";
import { type ExpiryMemo, readValues } from "./read-values.ts";

/** How a key can be set aside: by its content, by another name in the same store, or not at all. */
export type Way = { by: "content"; content: Buffer } | { by: "place" } | { by: "nothing"; type: string };

export interface RedisThing extends StoredThing {
  way: Way;
}

/** Above this, a string is renamed rather than pulled and kept elsewhere. */
export const mostHeldBytes = 8 * 1024 * 1024;
/** DUMP of more would hold up the server for everybody. */
const mostDumpedBytes = 32 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
/** Version and checksum of a DUMP: they change with the server, not with the value. */
const dumpTrailerBytes = 10;

/**
 * Keys with the proof of their content, in their order. Only of watched keys is a proof certain to be of one moment; a torn one is of no moment,
 * and so matches nothing.
 */
export async function readThings(
  client: Redis,
  keys: readonly Buffer[],
  expiry: ExpiryMemo,
): Promise<(RedisThing | null)[]> {
  const values = await readValues(client, keys, mostHeldBytes + 1, expiry);
  const things: (RedisThing | null)[] = [];
  for (const [index, value] of values.entries()) {
    const key = keys[index];
    things.push(value && key ? await proveThing(client, key, value) : null);
  }
  return things;
}

async function proveThing(client: Redis, key: Buffer, value: KeyValue): Promise<RedisThing | null> {
  const { expiresAt } = value;
  if (value.type !== "string") return proveDumped(client, key, value);
  const head: Buffer = Buffer.from(value.bytes);
  if (head.length <= mostHeldBytes) {
    return { ...proofOfText(head), expiresAt, way: { by: "content", content: packText(head) } };
  }
  const proof = createHash("sha256").update("string").update(head);
  let bytes = head.length;
  for (let piece: Buffer = head; piece.length > 0; bytes += piece.length) {
    piece = await client.getrangeBuffer(key, bytes, bytes + pieceBytes - 1);
    proof.update(piece);
  }
  return { token: proof.digest("base64url"), bytes, expiresAt, way: { by: "place" } };
}

/** What a string of these bytes is proven by. */
export function proofOfText(bytes: Buffer): Pick<StoredThing, "token" | "bytes"> {
  return { token: createHash("sha256").update("string").update(bytes).digest("base64url"), bytes: bytes.length };
}

/** A string as a receipt keeps it. */
export function packText(bytes: Buffer): Buffer {
  return pack("value", bytes);
}

/** A hash, list or other type: Redis gives all of it only as a DUMP. */
async function proveDumped(client: Redis, key: Buffer, value: KeyValue): Promise<RedisThing | null> {
  const type = value.type === "other" ? value.name : value.type;
  const size = Number((await client.memory("USAGE", key)) ?? 0);
  const { expiresAt } = value;
  if (size > mostDumpedBytes)
    return { token: `too large:${size}`, bytes: size, expiresAt, way: { by: "nothing", type } };
  const dump = await client.dumpBuffer(key);
  if (dump === null) return null;
  const token = createHash("sha256").update("dump").update(dump.subarray(0, -dumpTrailerBytes)).digest("base64url");
  return { token, bytes: dump.length, expiresAt, way: { by: "content", content: pack("dump", dump) } };
}

/** A string is kept as it is, which any server takes back; a DUMP only one of the same version or a newer one. */
export function unpack(content: Uint8Array): { form: "value" | "dump"; bytes: Buffer } {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return { form: bytes[0] === 1 ? "dump" : "value", bytes: bytes.subarray(1) };
}

function pack(form: "value" | "dump", bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(form === "dump" ? 1 : 0), bytes]);
}
