import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import { AppError } from "../domain/errors.ts";
import type { SourceSettings } from "../domain/source-settings.ts";
import { parseTarget, type TargetPart } from "../settings/target.ts";

/** One source as configured: where to look, before anything was opened. */
export interface SourceConfig {
  id: string;
  label: string;
  environment: string | null;
  /** Its stores are opened for reading alone. */
  readOnly?: boolean;
  parts: TargetPart[];
  /** Most documents that may be read within an hour where they are counted; `null`: as many as is usual. */
  readsPerHour: number | null;
  /** Of the Redis that was named, where it is other than usual. */
  tls?: RedisTls;
  /** For the Firestore database and the bucket that were named. */
  googleKeyFile?: string;
}

export interface RedisTls {
  /** Absolute. */
  caFile?: string;
  serverName?: string;
}

/**
 * Configurations from targets. An id that is not given is a hash of the canonical location without credentials, so it does not depend on the
 * place on the command line. Throws `bad_request` when two sources are the same.
 */
export function configureSources(wishes: readonly SourceSettings[], baseDir: string): SourceConfig[] {
  const configs = tellApart(wishes.map((wish) => configureSource(wish, baseDir)));
  const ids = new Set<string>();
  for (const { id, label } of configs) {
    if (ids.has(id)) {
      throw new AppError("bad_request", `The source ${label} is named twice.`, { remedy: "Name each source once." });
    }
    ids.add(id);
  }
  return configs;
}

function configureSource(wish: SourceSettings, baseDir: string): SourceConfig {
  const parts = parseTarget(wish.target, baseDir).map((part) => signIn(part, wish));
  const location = parts.map(locationOf).join("+");
  return {
    id: wish.id ?? createHash("sha256").update(location).digest("base64url").slice(0, 12),
    label: wish.label ?? parts.map(labelOf).join(" + "),
    environment: wish.environment ?? null,
    ...(wish.readOnly && { readOnly: true }),
    parts,
    readsPerHour: wish.readsPerHour ?? null,
    ...tlsOf(wish, baseDir),
    ...(wish.google?.keyFile !== undefined && { googleKeyFile: resolve(baseDir, wish.google.keyFile) }),
  };
}

/** User and password of the settings, where the address itself names none. */
function signIn(part: TargetPart, { redis }: SourceSettings): TargetPart {
  if (part.scheme !== "redis" || !redis) return part;
  const url = new URL(part.url);
  if (redis.username !== undefined && url.username === "") url.username = encodeURIComponent(redis.username);
  if (redis.password !== undefined && url.password === "") url.password = encodeURIComponent(redis.password);
  return { ...part, url: url.href };
}

function tlsOf({ redis: { caFile, serverName } = {} }: SourceSettings, baseDir: string): Pick<SourceConfig, "tls"> {
  if (caFile === undefined && serverName === undefined) return {};
  return {
    tls: {
      ...(caFile !== undefined && { caFile: resolve(baseDir, caFile) }),
      ...(serverName !== undefined && { serverName }),
    },
  };
}

/** Two folders of one name are called by the folder above as well. */
function tellApart(configs: SourceConfig[]): SourceConfig[] {
  const isShared = (label: string) => configs.filter((config) => config.label === label).length > 1;
  return configs.map((config) => {
    const folder = config.parts.find((part) => "path" in part);
    if (!folder || !isShared(config.label)) return config;
    return { ...config, label: `${basename(dirname(folder.path))}/${config.label}` };
  });
}

/** Where a part is, for people: without credentials. */
export function locationOf(part: TargetPart): string {
  switch (part.scheme) {
    case "redis": {
      const url = new URL(part.url);
      return `redis://${url.hostname}:${url.port || "6379"}/${url.pathname.slice(1) || "0"}`;
    }
    case "firestore":
      return `firestore://${part.project}${part.database === null ? "" : `/${part.database}`}`;
    case "gs":
      return `gs://${part.bucket}${part.prefix === "" ? "" : `/${part.prefix}`}`;
    default:
      return `${part.scheme}:${part.path}`;
  }
}

function labelOf(part: TargetPart): string {
  if ("path" in part) return basename(part.path);
  return locationOf(part).replace(/^(redis|firestore):\/\//, "$1 ");
}
