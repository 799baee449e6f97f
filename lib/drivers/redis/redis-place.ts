import { readFileSync } from "node:fs";
import { AppError } from "../../domain/errors.ts";

export interface RedisTlsOptions {
  /** Certificates of the authority to trust, PEM. */
  ca?: string;
  /** Name that the certificate must be for, where it is not the host's. */
  servername?: string;
}

/** Where a Redis is and how to sign in. */
export interface RedisPlace {
  host: string;
  port: number;
  db: number;
  username: string | undefined;
  password: string | undefined;
  tls: RedisTlsOptions | undefined;
  /** Address for people, without credentials. */
  location: string;
}

export interface RedisPlaceOptions {
  /** `redis://[user[:password]@]host[:port][/db]`, or `rediss://` for TLS. */
  url: string;
  username?: string;
  password?: string;
  db?: number;
  /** Makes the connection use TLS, also with `redis://`. */
  tls?: RedisTlsOptions & { /** Where `ca` is to be read. */ caFile?: string };
}

/** Reads a Redis address; options of their own win over the URL's parts. Throws `bad_request`, never repeating the URL. */
export function parseRedisPlace(options: RedisPlaceOptions): RedisPlace {
  const url = URL.parse(options.url);
  if (url === null || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") {
    throw badUrl("it does not read redis://host:port/db");
  }
  const isIPv6 = url.hostname.startsWith("[");
  const host = isIPv6 ? url.hostname.slice(1, -1) : decode(url.hostname);
  const port = url.port === "" ? 6379 : Number(url.port);
  const written = url.pathname.replace(/^\//, "") || url.searchParams.get("db") || "0";
  if (!/^\d{1,9}$/.test(written)) throw badUrl("the database after the host is not a number");
  const db = options.db ?? Number(written);
  const isTls = url.protocol === "rediss:" || options.tls !== undefined;
  return {
    host,
    port,
    db,
    username: options.username ?? (decode(url.username) || undefined),
    password: options.password ?? (decode(url.password) || undefined),
    tls: isTls ? readTls(options.tls) : undefined,
    location: `${isTls ? "rediss" : "redis"}://${isIPv6 ? url.hostname : host}:${port}/${db}`,
  };
}

function readTls({ caFile, ...tls }: NonNullable<RedisPlaceOptions["tls"]> = {}): RedisTlsOptions {
  if (caFile === undefined) return tls;
  try {
    return { ...tls, ca: readFileSync(caFile, "utf8") };
  } catch (cause) {
    throw new AppError("bad_request", `redis: the certificates in ${caFile} cannot be read`, {
      remedy: "Correct caFile in the source's settings, and who may read it.",
      cause,
    });
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badUrl("a % in it is not followed by two hexadecimal digits");
  }
}

function badUrl(why: string): AppError {
  return new AppError("bad_request", `redis url: ${why}`, {
    remedy: "Write redis://user:password@host:6379/0, with special characters of the password as %XX.",
  });
}
