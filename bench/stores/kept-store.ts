import { mkdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Raised whenever a generator writes something else than before. */
const version = 1;

export const benchFolder = join(tmpdir(), "trialdeck-bench");

/** The folder of a store, made by `make` the first time and kept for later benches. `make` is given the folder where it will stand for good. */
export async function keepStore(name: string, make: (folder: string) => Promise<void> | void): Promise<string> {
  const folder = join(benchFolder, `${name}-${version}`);
  const done = join(folder, "done");
  if (await stat(done).catch(() => null)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  console.error(`Writing the store ${name} …`);
  await make(folder);
  await mkdir(`${done}.part`);
  await rename(`${done}.part`, done);
  return folder;
}
