import { posix } from "node:path";
import type { BlobDriver } from "../../contracts/driver.ts";
import { type ProjectConfig, parseProjectConfig } from "./project-config.ts";
import { hashVersion } from "./version-hash.ts";

export const configPath = "configs/project_config.yaml";

const MB = 1024 * 1024;
const largestScript = 8 * MB;
const mostBytes = 32 * MB;
const mostScripts = 500;

/** The exact files that one version hash names. */
export interface VersionFiles {
  hash: string;
  /** `null`: it cannot be read, though its bytes are known. */
  config: ProjectConfig | null;
  /** The config first, then the scripts; paths below the project folder. A script that is not there is left out. */
  files: { path: string; bytes: Uint8Array }[];
}

/** What a version is made of, asked by path below the project folder: `null` for a file that is not there. */
export type FileReader = (path: string, mostBytes: number) => Promise<Uint8Array | null>;

/**
 * Reads the files that make up a version and names it by its hash. `null`: there is no config, or a script stands outside of what can be
 * read, or is too large, so that no hash can be told.
 */
export async function readVersionFiles(read: FileReader): Promise<VersionFiles | null> {
  const configBytes = await read(configPath, MB + 1);
  if (!configBytes) return null;
  const { config } = parseProjectConfig(configBytes);
  const files = [{ path: configPath, bytes: configBytes }];
  if (!config && configBytes.length > MB) return null;
  const scripts = config?.scripts ?? null;
  if (!scripts) return { hash: hashVersion(configBytes, null), config, files };
  if (scripts.size > mostScripts) return null;
  const contents = new Map<string, Uint8Array>();
  let total = 0;
  for (const [key, path] of scripts) {
    const bytes = path === null ? null : await read(path, largestScript + 1);
    total += bytes?.length ?? 0;
    if ((bytes?.length ?? 0) > largestScript || total > mostBytes || (path !== null && !isWithin(path))) return null;
    contents.set(key, bytes ?? new Uint8Array());
    if (bytes && path !== null && !files.some((file) => file.path === path)) files.push({ path, bytes });
  }
  return { hash: hashVersion(configBytes, contents), config, files };
}

/** Reads below a folder of a driver. */
export function readerOf(driver: BlobDriver, folder: string): FileReader {
  return async (path, mostBytes) =>
    isWithin(path) ? driver.read(pathBelow(folder, path), { offset: 0, length: mostBytes }) : null;
}

/** Paths, below the project folder, of the files that a version's hash is made of. */
export function pathsOfVersion(config: ProjectConfig | null): string[] {
  const scripts = [...(config?.scripts?.values() ?? [])].filter((path) => path !== null && isWithin(path)) as string[];
  return [configPath, ...new Set(scripts)];
}

export function pathBelow(folder: string, path: string): string {
  const plain = posix.normalize(path);
  return folder === "" ? plain : `${folder}/${plain}`;
}

/** A path that stays within the project folder: only such can be read again. */
function isWithin(path: string): boolean {
  const plain = posix.normalize(path);
  return (
    path !== "" &&
    !posix.isAbsolute(path) &&
    plain !== "." &&
    plain !== ".." &&
    !plain.startsWith("../") &&
    !path.includes("\0")
  );
}
