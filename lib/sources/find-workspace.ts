import { basename, dirname, resolve } from "node:path";
import { openFilesDriver } from "../drivers/files/files-driver.ts";
import { layouts } from "./registry.ts";

/** The nearest folder, from here upward, that a layout knows as its own; `null` when none is. */
export async function findWorkspace(folder: string): Promise<string | null> {
  for (let at = resolve(folder); dirname(at) !== at; at = dirname(at)) {
    const driver = await openFilesDriver({ path: at });
    try {
      for (const { discover } of layouts) if (await discover?.(driver, basename(at))) return at;
    } finally {
      await driver.close();
    }
  }
  return null;
}
