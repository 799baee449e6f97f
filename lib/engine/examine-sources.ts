import type { SourceCheck } from "../domain/check.ts";
import type { CommandLine } from "../settings/command-line.ts";
import type { Environment } from "../settings/environment.ts";
import { checkSource } from "../sources/check-source.ts";
import { chooseSources } from "../sources/choose-sources.ts";

export type { CheckStep, SourceCheck } from "../domain/check.ts";

/** Checks every source that would be opened, all side by side, without opening any for good. `warnings`: of the settings file. */
export async function examineSources(
  line: CommandLine,
  environment: Environment,
  places: { here: string; bundledWorkspace: string },
): Promise<{ sources: { label: string; check: SourceCheck }[]; warnings: readonly string[] }> {
  const { configs, file } = await chooseSources(line, environment, places);
  const examine = async (config: (typeof configs)[number]) => {
    const check = await checkSource({ ...config, readOnly: line.readOnly || config.readOnly === true });
    return { label: config.label, check };
  };
  return { sources: await Promise.all(configs.map(examine)), warnings: file?.warnings ?? [] };
}
