import { sourceOf } from "./byte-source.ts";
import { type ArrayPreview, readNpy } from "./npy.ts";
import type { ZipArchive, ZipEntry } from "./zip.ts";

export interface NpzPreview {
  arrays: ArrayPreview[];
  truncated: boolean;
}

const maxArrays = 100;
/** Most bytes inflated for one preview, and for one array of it. */
const totalBudget = 64 * 2 ** 20;
const entryBudget = 16 * 2 ** 20;
const headBytes = 2 ** 20;

/** True when an archive is what `numpy.savez` writes. */
export function isNpz(archive: ZipArchive): boolean {
  return archive.entries.length > 0 && archive.entries.every(({ name }) => name.endsWith(".npy"));
}

/** The arrays of an opened `.npz`, each with the asked elements. Only what was found harmless before is inflated, within a budget. */
export async function readNpz(archive: ZipArchive, window: { offset: number; limit: number }): Promise<NpzPreview> {
  const arrays: ArrayPreview[] = [];
  let left = totalBudget;
  for (const entry of archive.entries.slice(0, maxArrays)) {
    const name = entry.name.replace(/\.npy$/, "");
    const wanted =
      entry.size <= Math.min(entryBudget, left)
        ? entry.size
        : Math.min(left, headBytes + (window.offset + window.limit) * 16);
    if (entry.refusal !== null || wanted <= 0) {
      arrays.push(unopened(name, entry, entry.refusal ?? "Too much lies in front of it in this archive."));
      continue;
    }
    const { bytes, whole, problem } = await archive.read(entry, wanted);
    left -= Math.max(bytes.length, 1);
    const array = await readNpy(sourceOf(bytes, entry.size), name, {
      ...window,
      statisticsBytes: whole ? entryBudget : 0,
    });
    arrays.push(problem === null ? array : { ...array, problem });
  }
  return { arrays, truncated: archive.entryCount > arrays.length || archive.problem !== null };
}

function unopened(name: string, entry: ZipEntry, problem: string): ArrayPreview {
  return { name, dtype: "unknown", shape: [], order: "C", bytes: entry.size, problem };
}
