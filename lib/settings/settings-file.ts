import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AppError } from "../domain/errors.ts";
import { parseSettings, type SettingsFile } from "./parse-settings.ts";
import type { Variables } from "./references.ts";

const fileName = "trialdeck.config.yaml";
const largestFile = 1024 * 1024;

/** `trialdeck.config.yaml` in this folder or the nearest one above; `null` when there is none. */
export function findSettingsFile(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, fileName);
    if (statSync(candidate, { throwIfNoEntry: false })?.isFile()) return candidate;
    if (dirname(at) === at) return null;
  }
}

/** Reads and checks a settings file, and what it refers to. Throws `bad_request` with the place of the mistake. */
export function readSettingsFile(path: string, variables: Variables = process.env): SettingsFile {
  return parseSettings(readText(path), path, variables);
}

/** The text of a settings file. Throws `bad_request` where it cannot be had. */
export function readText(path: string): string {
  try {
    if (statSync(path).size > largestFile) throw new Error("larger than 1 MiB");
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : "unknown";
    throw new AppError("bad_request", `${path} cannot be read: ${why}.`, {
      remedy: "Correct the file, or name another one with --config.",
      cause,
    });
  }
}
