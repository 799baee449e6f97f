import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new empty folder that is gone after the test (or after the suite, when `keep` is a hook such as `afterAll`). */
export async function makeScratchFolder(keep: (remove: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "trialdeck-test-")));
  keep(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
