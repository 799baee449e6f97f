import { resolve } from "node:path";
import type { AccessSettings } from "./access-schema.ts";
import type { CommandLine } from "./command-line.ts";
import type { Environment } from "./environment.ts";
import { findSettingsFile, readSettingsFile } from "./settings-file.ts";

/** Who may ask, as the settings file says that is named or, where no target is, found up the tree. `null`: nothing is said. */
export function readAccess(line: CommandLine, environment: Environment, here: string): AccessFile | null {
  if (line.command === "demo") return null;
  const named = line.config ?? environment.TRIALDECK_CONFIG;
  const path = named ? resolve(here, named) : line.targets.length === 0 ? findSettingsFile(here) : null;
  const access = path === null ? undefined : readSettingsFile(path).access;
  return access && path !== null ? { path, access } : null;
}

export interface AccessFile {
  path: string;
  access: AccessSettings;
}
