import { mkdir, mkdtemp, readFile, realpath, rename, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Receipt } from "../../../contracts/changes.ts";
import { openFilesDriver } from "../files-driver.ts";

const trash = ".trialdeck-trash";
const filesOfRound = 100;

export async function putFile(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** As most writers do: a file of its own that takes the place in one step. */
async function replaceFile(root: string, path: string, content: string): Promise<void> {
  const whole = join(root, `${path}.new`);
  await writeFile(whole, content);
  await rename(whole, join(root, path));
}

export const textAt = (root: string, path: string) => readFile(join(root, path), "utf8").catch(() => null);

const writers = {
  "writes in place": putFile,
  "replaces the file": replaceFile,
  async "removes and makes it anew"(root: string, path: string, content: string) {
    await unlink(join(root, path)).catch(() => undefined);
    await putFile(root, path, content);
  },
};
export type WriterKind = keyof typeof writers;
export const writerKinds = Object.keys(writers) as WriterKind[];

/**
 * A folder with a second writer of one kind. In a round a hundred files are set aside and put back, and each is written to within the millisecond in which
 * that happens, which is too rare where a race is left to chance: a file's token is proof only some 50 ms after it was written.
 */
export async function openRacedFolder(kind: WriterKind) {
  const root = await realpath(await mkdtemp(join(tmpdir(), "trialdeck-test-")));
  const driver = await openFilesDriver({ path: root, mayChange: true });
  const { changes } = driver;
  if (!changes) throw new Error("the driver was opened for reading only");
  const write = writers[kind];
  const paths = Array.from({ length: filesOfRound }, (_, index) => `folder/${index}`);
  const seen = { "set-aside": 0, changed: 0, gone: 0, failed: 0, unknown: 0 };
  const lost: string[] = [];
  let rounds = 0;
  return {
    filesOfRound,
    seen,
    /** Receipts after which the newest value was neither in its place nor aside. */
    lost,
    async round(): Promise<void> {
      rounds += 1;
      for (const path of paths) await putFile(root, path, "old");
      const found = await changes.stat(paths);
      for (const [index, locator] of paths.entries()) {
        const receiptId = `of-${index}-${rounds}`;
        const kept: Receipt[] = [];
        const request = { locator, token: found[index]?.token ?? "", receiptId };
        const [outcomes] = await Promise.all([
          changes.setAside([request], async (receipts) => void kept.push(...receipts)),
          spin(Math.random() * 1.5).then(() => write(root, locator, "newest")),
        ]);
        const outcome = outcomes[0]?.outcome ?? "unknown";
        seen[outcome] += 1;
        // Whoever still wrote to the open file wrote to what lies aside.
        const aside = await textAt(root, `${trash}/${receiptId}`);
        const isThere = async () => aside === "newest" || (await textAt(root, locator)) === "newest";
        if (!(await isThere())) lost.push(receiptId);
        if (outcome === "set-aside") await changes.putBack(kept);
        if (!(await isThere())) lost.push(receiptId);
        await rm(join(root, trash, receiptId), { force: true });
      }
    },
    async stop() {
      await driver.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function spin(ms: number): Promise<void> {
  for (const until = performance.now() + ms; performance.now() < until; ) await setImmediate();
}
