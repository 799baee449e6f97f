import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { SettingOrigin } from "../domain/settings.ts";
import type { CommandLine } from "../settings/command-line.ts";
import type { Environment } from "../settings/environment.ts";
import type { SettingsFile } from "../settings/parse-settings.ts";
import { findSettingsFile, readSettingsFile } from "../settings/settings-file.ts";
import { configureSources, type SourceConfig } from "./source-config.ts";

export interface ChosenSources {
  configs: SourceConfig[];
  /** For the terminal. */
  why: string;
  /** Where they are named, and by what. */
  origin: SettingOrigin;
  from: string | null;
  file: SettingsFile | null;
}

/**
 * What to open: the targets; else the settings file named or found up the tree; else an ExpOps workspace up the tree; else the bundled
 * project.
 */
export async function chooseSources(
  line: CommandLine,
  environment: Environment,
  places: { here: string; bundledWorkspace: string },
): Promise<ChosenSources> {
  const { here, bundledWorkspace } = places;
  if (line.command === "demo") return openBundled(bundledWorkspace);
  if (line.targets.length > 0) {
    return {
      configs: configureSources(
        line.targets.map((target) => ({ target })),
        here,
      ),
      ...{ why: "named on the command line", origin: "command-line", from: "TARGET", file: null },
    };
  }
  const named = line.config ?? environment.TRIALDECK_CONFIG;
  const file = named ? resolve(here, named) : findSettingsFile(here);
  if (file) {
    const read = readSettingsFile(file);
    const configs = configureSources(read.sources, dirname(file));
    return { configs, why: `named in ${file}`, origin: "file", from: file, file: read };
  }
  // Loads every layout and driver, which this thread needs for nothing else.
  const { findWorkspace } = await import("./find-workspace.ts");
  const workspace = await findWorkspace(here);
  if (workspace) {
    const configs = configureSources([{ target: workspace }], here);
    return { configs, why: "found up the tree", origin: "default", from: "found up the tree", file: null };
  }
  return openBundled(bundledWorkspace);
}

function openBundled(bundledWorkspace: string): ChosenSources {
  const label = "Bundled project";
  const configs = configureSources([{ target: bundledWorkspace, label, id: "bundled" }], "/");
  const why = "the bundled project, since nothing was named";
  return { configs: existsSync(bundledWorkspace) ? configs : [], why, origin: "default", from: null, file: null };
}
