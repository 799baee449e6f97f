import { homedir } from "node:os";
import { resolve } from "node:path";
import { AppError } from "../domain/errors.ts";

/** One part of a target: where one driver is to look. */
export type TargetPart =
  | { scheme: "folder"; path: string }
  | { scheme: "sqlite"; path: string }
  | { scheme: "redis"; url: string }
  | { scheme: "firestore"; project: string; database: string | null }
  | { scheme: "gs"; bucket: string; prefix: string };

const knownSchemes =
  "a folder, sqlite:FILE, redis://…, rediss://…, firestore://PROJECT[/DATABASE] or gs://BUCKET[/PREFIX]";

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
  if (scheme === "firestore") return readFirestore(part);
  if (scheme === "gs") return readBucket(part);
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

/** https://cloud.google.com/resource-manager/docs/creating-managing-projects: older projects of a domain hold `:` and `.` too. */
const projectName = /^[a-z][a-z0-9.:-]{3,126}[a-z0-9]$/;

function readFirestore(text: string): TargetPart {
  const [, project = "", database = null] = /^firestore:\/\/([^/]+)(?:\/([a-z0-9()-]+)\/?)?\/?$/.exec(text) ?? [];
  if (projectName.test(project)) return { scheme: "firestore", project, database };
  throw new AppError("bad_request", "This Firestore address cannot be read.", {
    remedy:
      "Write firestore://PROJECT or firestore://PROJECT/DATABASE, with the ids that the Google Cloud console shows.",
  });
}

/** https://cloud.google.com/storage/docs/buckets#naming */
const bucketName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

function readBucket(text: string): TargetPart {
  const [, bucket = "", prefix = ""] = /^gs:\/\/([^/]+)\/?(.*?)\/*$/s.exec(text) ?? [];
  if (bucketName.test(bucket)) return { scheme: "gs", bucket, prefix };
  throw new AppError("bad_request", "This bucket's address cannot be read.", {
    remedy: "Write gs://BUCKET or gs://BUCKET/PREFIX.",
  });
}
