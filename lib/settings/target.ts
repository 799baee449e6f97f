import { homedir } from "node:os";
import { resolve } from "node:path";
import { AppError } from "../domain/errors.ts";

/** One part of a target: where one driver is to look. */
export type TargetPart =
  | { scheme: "folder"; path: string }
  | { scheme: "sqlite"; path: string }
  | { scheme: "redis"; url: string };

const knownSchemes = "a folder, sqlite:FILE, redis://… or rediss://…";

/**
 * Splits a target at `+`, but only where a new part begins (`scheme:`, `/`, `./`, `../`, `~`), so that a folder named `a+b` stays whole.
 * Relative paths are resolved against `baseDir`. Throws `bad_request`; a message never repeats a password.
 */
export function parseTarget(target: string, baseDir: string): TargetPart[] {
  return target.split(/\+(?=[a-z][a-z0-9]*:|\/|\.\.?(?:\/|$)|~)/).map((part) => parsePart(part, baseDir));
}

function parsePart(part: string, baseDir: string): TargetPart {
  const scheme = /^([a-z][a-z0-9]*):/.exec(part)?.[1];
  if (scheme === "redis" || scheme === "rediss") return { scheme: "redis", url: checkRedisUrl(part) };
  if (scheme === "sqlite")
    return { scheme: "sqlite", path: resolvePath(part.slice("sqlite:".length).replace(/^\/\//, ""), baseDir) };
  if (scheme === "file")
    return { scheme: "folder", path: resolvePath(part.slice("file:".length).replace(/^\/\//, ""), baseDir) };
  if (scheme !== undefined && part.includes("://")) {
    throw new AppError("bad_request", `Targets of the form ${scheme}:// cannot be opened.`, {
      remedy: `A target is ${knownSchemes}.`,
    });
  }
  if (part === "")
    throw new AppError("bad_request", "A part of the target is empty.", { remedy: `A target is ${knownSchemes}.` });
  return { scheme: "folder", path: resolvePath(part, baseDir) };
}

function resolvePath(path: string, baseDir: string): string {
  if (path === "~" || path.startsWith("~/")) return resolve(homedir(), path.slice(2));
  return resolve(baseDir, path);
}

function checkRedisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.hostname && /^\/?\d*$/.test(url.pathname)) return text;
  throw new AppError("bad_request", "This Redis address cannot be read.", {
    remedy:
      "Write redis://[user:password@]host[:port][/db]; characters such as @ / # in a password are percent-encoded.",
  });
}
