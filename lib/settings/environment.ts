import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import type { Variables } from "./references.ts";

const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().positive();

/** `host:port`, with or without `http://`: Google's own clients take both. */
const emulatorHost = z
  .string()
  .transform((text) => text.replace(/^https?:\/\//, "").replace(/\/+$/, ""))
  .pipe(z.string().regex(/^[^/\s]+:\d+$/, "is no host:port"));

const environmentSchema = z.object({
  PORT: port.optional(),
  TRIALDECK_TOKEN: z.string().min(16, "needs at least 16 characters").optional(),
  TRIALDECK_OIDC_SECRET: z.string().optional(),
  TRIALDECK_CONFIG: z.string().optional(),
  TRIALDECK_STATE_DIR: z.string().optional(),
  TRIALDECK_PRICE_PER_GIB: z.coerce.number().min(0, "is no price").optional(),
  TRIALDECK_INVALIDATION: z.enum(["off", "plan", "on"]).optional(),
  TRIALDECK_CONFIG_EDIT: z.enum(["0", "1"]).optional(),
  TRIALDECK_PLAN_ITEMS: count.optional(),
  TRIALDECK_TRASH_DAYS: z.coerce.number().positive().optional(),
  TRIALDECK_TRASH_BYTES: count.optional(),
  TRIALDECK_PURGE_AFTER_HOURS: z.coerce.number().min(0).optional(),
  XDG_STATE_HOME: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
  MLOPS_KV_BACKEND: z.string().optional(),
  MLOPS_KV_PATH: z.string().optional(),
  MLOPS_WORKSPACE_DIR: z.string().optional(),
  MLOPS_STEP_CACHE_DIR: z.string().optional(),
  MLOPS_REDIS_HOST: z.string().optional(),
  MLOPS_REDIS_PORT: port.optional(),
  MLOPS_REDIS_DB: z.coerce.number().int().min(0).optional(),
  MLOPS_REDIS_PASSWORD: z.string().optional(),
  MLOPS_GCS_BUCKET: z.string().optional(),
  GOOGLE_APPLICATION_CREDENTIALS: z.string().optional(),
  GOOGLE_CLOUD_PROJECT: z.string().optional(),
  FIRESTORE_EMULATOR_HOST: emulatorHost.optional(),
  STORAGE_EMULATOR_HOST: emulatorHost.optional(),
});

export type Environment = z.infer<typeof environmentSchema>;

/** All variables, for what the settings file refers to. */
export function allVariables(): Variables {
  return process.env;
}

/** The variables that Trialdeck and the systems it reads are set by; an empty one counts as absent. Throws `bad_request` naming the variable. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(present);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? "environment");
  throw new AppError("bad_request", `The environment variable ${name} is not usable: ${issue?.message}.`, {
    remedy: `Correct or unset ${name}.`,
  });
}

export interface Places {
  /** What is ours and must last. */
  stateDir: string;
  /** The derived catalog; deleting it loses nothing. */
  cacheDir: string;
}

/** `TRIALDECK_STATE_DIR` holds both; else the XDG folders. */
export function findPlaces(environment: Environment): Places {
  if (environment.TRIALDECK_STATE_DIR) {
    const root = resolve(environment.TRIALDECK_STATE_DIR);
    return { stateDir: root, cacheDir: root };
  }
  return {
    stateDir: join(environment.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "trialdeck"),
    cacheDir: join(environment.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "trialdeck"),
  };
}

/** A Redis address with what the `MLOPS_REDIS_*` variables say put in. One that is none stays as it is. */
export function overrideRedis(address: string, environment: Environment): string {
  const url = URL.parse(address);
  if (url === null) return address;
  if (environment.MLOPS_REDIS_HOST) url.hostname = environment.MLOPS_REDIS_HOST;
  if (environment.MLOPS_REDIS_PORT !== undefined) url.port = String(environment.MLOPS_REDIS_PORT);
  if (environment.MLOPS_REDIS_DB !== undefined) url.pathname = `/${environment.MLOPS_REDIS_DB}`;
  if (environment.MLOPS_REDIS_PASSWORD) url.password = encodeURIComponent(environment.MLOPS_REDIS_PASSWORD);
  return url.href;
}
