import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Where a data set stands; for reading only. */
export function fixture(path: string): string {
  return join(fixtures, path);
}

/** A copy of a data set that a test may change. */
export async function copyFixture(path: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "fixture-"));
  const copy = join(folder, basename(path));
  await cp(fixture(path), copy, { recursive: true });
  return { path: copy, remove: () => rm(folder, { recursive: true, force: true }) };
}
