import type { ChainableCommander, Redis } from "ioredis";
import type { KeyValue } from "../../contracts/driver.ts";
import { isReply } from "./redis-failure.ts";

/** Keys that are asked for in one round trip. */
const keysAtOnce = 256;
/** Most values are shorter, and come whole with the first question: so many bytes of each fit in one reply. */
const shortBytes = 4 * 1024;
/** Bytes asked in one round trip, and largest single reply: what a slow line still brings within the timeout. */
const bytesAtOnce = 1024 * 1024;
/** A string may grow by so much between asking its length and its bytes without being cut. */
const slackBytes = 64 * 1024;
const mostFields = 2_000;
/** What PEXPIRETIME and PTTL answer of a key that is not there. */
const isMissing = -2;

/** How expiries are asked: the absolute time where the server is 7.0 or newer, else what is left. */
export interface ExpiryMemo {
  command: "pexpiretime" | "pttl";
}

interface KeyFacts {
  key: Buffer;
  type: string;
  expiresAt: number | null;
  length: number;
}

/**
 * Values of keys, in their order, with bounded replies: short strings come at once, of everything else the size is asked first and long
 * strings come in pieces. A hash of more than 2,000 fields or `maxBytes` is answered as another type, since Redis cannot give a part of a
 * field.
 */
export async function readValues(
  client: Redis,
  keys: readonly Buffer[],
  maxBytes: number,
  expiry: ExpiryMemo,
): Promise<(KeyValue | null)[]> {
  const values: (KeyValue | null)[] = [];
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    const some = keys.slice(start, start + keysAtOnce);
    const short = await readShort(client, some, maxBytes, expiry);
    const others = await readSized(
      client,
      some.filter((_, index) => short[index] === undefined),
      maxBytes,
      expiry,
    );
    for (const value of short) values.push(value === undefined ? (others.shift() ?? null) : value);
  }
  return values;
}

/** Strings that the first bytes hold whole, and what is not there; `undefined`: it is longer or of another type. */
async function readShort(
  client: Redis,
  keys: readonly Buffer[],
  maxBytes: number,
  expiry: ExpiryMemo,
): Promise<(KeyValue | null | undefined)[]> {
  const most = Math.min(shortBytes, maxBytes);
  const pipeline = client.pipeline();
  for (const key of keys) pipeline[expiry.command](key).getrangeBuffer(key, 0, shortBytes - 1);
  const replies = await exec(pipeline);
  if (lacksPexpiretime(replies[0], expiry)) return readShort(client, keys, maxBytes, expiry);
  return keys.map((_, index) => {
    const [expires, first] = replies.slice(index * 2, index * 2 + 2);
    const left = Number(valueIn(expires));
    if (left === isMissing) return null;
    const bytes = valueIn(first);
    if (!(bytes instanceof Buffer) || bytes.length >= most) return undefined;
    return { type: "string", bytes, length: bytes.length, expiresAt: expiresAtOf(left, expiry) };
  });
}

/** True when the server is too old for PEXPIRETIME or this user may not ask it: PTTL is asked from now on. */
function lacksPexpiretime(reply: Reply | undefined, expiry: ExpiryMemo): boolean {
  const lacks =
    expiry.command === "pexpiretime" && /unknown command|^NOPERM.*pexpiretime/is.test(reply?.error?.message ?? "");
  if (lacks) expiry.command = "pttl";
  return lacks;
}

async function readSized(
  client: Redis,
  keys: readonly Buffer[],
  maxBytes: number,
  expiry: ExpiryMemo,
): Promise<(KeyValue | null)[]> {
  if (keys.length === 0) return [];
  const facts = await readFacts(client, keys, expiry);
  const strings = await readStrings(client, facts, maxBytes);
  const values: (KeyValue | null)[] = [];
  for (const fact of facts) {
    if (fact.type === "none") values.push(null);
    else if (fact.type === "string") values.push(strings.get(fact) ?? null);
    else if (fact.type === "hash") values.push(await readHash(client, fact, maxBytes));
    else values.push({ type: "other", name: fact.type, expiresAt: fact.expiresAt });
  }
  return values;
}

async function readFacts(client: Redis, keys: readonly Buffer[], expiry: ExpiryMemo): Promise<KeyFacts[]> {
  const pipeline = client.pipeline();
  for (const key of keys) pipeline.type(key)[expiry.command](key).strlen(key);
  const replies = await exec(pipeline);
  return keys.map((key, index) => {
    const [type, expires, length] = replies.slice(index * 3, index * 3 + 3);
    return {
      key,
      type: String(valueIn(type)),
      expiresAt: expiresAtOf(Number(valueIn(expires)), expiry),
      length: Number(valueIn(length) ?? 0),
    };
  });
}

function expiresAtOf(reply: number, expiry: ExpiryMemo): number | null {
  if (reply < 0) return null;
  // What is left is counted from the moment of the reply: rounded, so that two reads say the same.
  return expiry.command === "pexpiretime" ? reply : Math.round((Date.now() + reply) / 1_000) * 1_000;
}

async function readStrings(
  client: Redis,
  facts: readonly KeyFacts[],
  maxBytes: number,
): Promise<Map<KeyFacts, KeyValue | null>> {
  const values = new Map<KeyFacts, KeyValue | null>();
  const strings = facts.filter((fact) => fact.type === "string");
  for (let start = 0; start < strings.length; ) {
    const batch: KeyFacts[] = [];
    for (let bytes = 0; start < strings.length && bytes < bytesAtOnce; start++) {
      const fact = strings[start];
      if (fact === undefined) break;
      bytes += Math.min(fact.length, maxBytes);
      batch.push(fact);
    }
    const wanted = batch.map((fact) => Math.min(maxBytes, fact.length + slackBytes));
    const pipeline = client.pipeline();
    batch.forEach((fact, index) => {
      // GETRANGE 0 -1 would be the whole value.
      if (wanted[index]) pipeline.getrangeBuffer(fact.key, 0, Math.min(wanted[index], bytesAtOnce) - 1);
      else pipeline.strlen(fact.key);
    });
    const replies = await exec(pipeline);
    for (const [index, fact] of batch.entries()) {
      const first = valueIn(replies[index]);
      const bytes =
        first instanceof Buffer ? await readOn(client, fact.key, first, wanted[index] ?? 0) : Buffer.alloc(0);
      const isCut = bytes.length >= maxBytes;
      const length = isCut ? Math.max(fact.length, bytes.length) : bytes.length;
      values.set(fact, first === undefined ? null : { type: "string", bytes, length, expiresAt: fact.expiresAt });
    }
  }
  return values;
}

/** The rest of a string whose first piece filled a whole reply. */
async function readOn(client: Redis, key: Buffer, first: Buffer, wanted: number): Promise<Buffer> {
  const pieces = [first];
  let length = first.length;
  while (pieces.at(-1)?.length === bytesAtOnce && length < wanted) {
    const piece = await client.getrangeBuffer(key, length, Math.min(length + bytesAtOnce, wanted) - 1);
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.length === 1 ? first : Buffer.concat(pieces);
}

async function readHash(client: Redis, { key, expiresAt }: KeyFacts, maxBytes: number): Promise<KeyValue | null> {
  const tooLarge: KeyValue = { type: "other", name: "hash (too large)", expiresAt };
  try {
    if ((await client.hlen(key)) > mostFields) return tooLarge;
    const names = await client.hkeysBuffer(key);
    if (names.length === 0) return null;
    const sizes = client.pipeline();
    for (const name of names) sizes.hstrlen(key, name);
    const total = (await exec(sizes)).reduce((sum, reply) => sum + Number(valueIn(reply) ?? 0), 0);
    if (total > Math.min(maxBytes, bytesAtOnce)) return tooLarge;
    const values = await client.hmgetBuffer(key, ...names);
    const fields = new Map<string, Uint8Array>();
    values.forEach((value, index) => {
      if (value !== null) fields.set(names[index]?.toString() ?? "", value);
    });
    return { type: "hash", fields, expiresAt };
  } catch (error) {
    // Became another type meanwhile: the next read tells.
    if (isReply(error) && /^WRONGTYPE/.test((error as Error).message)) return null;
    throw error;
  }
}

interface Reply {
  error: Error | null;
  value: unknown;
}

/** Sends a pipeline. A lost connection rejects; an error that the server replied stays with its command. */
async function exec(pipeline: ChainableCommander): Promise<Reply[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, value]) => {
    if (error && !isReply(error)) throw error;
    return { error, value };
  });
}

/** A reply's value; `undefined` for a key of another type. Other errors are thrown. */
function valueIn(reply: Reply | undefined): unknown {
  if (reply?.error && !/^WRONGTYPE/.test(reply.error.message)) throw reply.error;
  return reply?.error ? undefined : reply?.value;
}
