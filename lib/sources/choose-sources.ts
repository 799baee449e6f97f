import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CommandLine } from "../settings/command-line.ts";
import type { Environment } from "../settings/environment.ts";
import { findSettingsFile, readSettingsFile } from "../settings/settings-file.ts";
import { configureSources, type SourceConfig } from "./source-config.ts";

/**
 * What to open: the targets; else the settings file named or found up the tree; else an ExpOps workspace up the tree; else the bundled
 * project. `why` says which, for the terminal.
 */
export async function chooseSources(
  line: CommandLine,
  environment: Environment,
  places: { here: string; bundledWorkspace: string },
): Promise<{ configs: SourceConfig[]; why: string; pricePerGib?: number | undefined }> {
  const { here, bundledWorkspace } = places;
  if (line.command === "demo") return openBundled(bundledWorkspace);
  if (line.targets.length > 0) {
    return {
      configs: configureSources(
        line.targets.map((target) => ({ target })),
        here,
      ),
      why: "named on the command line",
    };
  }
  const named = line.config ?? environment.TRIALDECK_CONFIG;
  const file = named ? resolve(here, named) : findSettingsFile(here);
  if (file) {
    const { sources, pricePerGib } = readSettingsFile(file);
    return { configs: configureSources(sources, dirname(file)), why: `named in ${file}`, pricePerGib };
  }
  // Loads every layout and driver, which this thread needs for nothing else.
  const { findWorkspace } = await import("./find-workspace.ts");
  const workspace = await findWorkspace(here);
  if (workspace) return { configs: configureSources([{ target: workspace }], here), why: "found up the tree" };
  return openBundled(bundledWorkspace);
}

function openBundled(bundledWorkspace: string): { configs: SourceConfig[]; why: string } {
  const label = "Bundled project";
  const configs = configureSources([{ target: bundledWorkspace, label, id: "bundled" }], "/");
  return { configs: existsSync(bundledWorkspace) ? configs : [], why: "the bundled project, since nothing was named" };
}
