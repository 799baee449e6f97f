import { parseProjectConfig } from "./project-config.ts";
import type { ProjectPlace } from "./seams.ts";
import { configPath, readerOf } from "./version-files.ts";

const largestConfig = 1024 * 1024;

/** Seconds to live that the present config asks for by name; `null`: it does not, or cannot be read. */
export async function readConfiguredTtl({ code: [folder] }: ProjectPlace): Promise<number | null> {
  if (!folder) return null;
  const bytes = await readerOf(folder.driver, folder.folder)(configPath, largestConfig);
  const hours = bytes && parseProjectConfig(bytes).config?.cache.ttlHours;
  return hours ? hours * 3600 : null;
}
