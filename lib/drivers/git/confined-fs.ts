import { lstat, readdir } from "node:fs/promises";
import { relative, sep } from "node:path";
import { AppError } from "../../domain/errors.ts";
import { resolveBelow, withRegularFile } from "../confined-folder.ts";

/** A pack is read as a whole by the git library. */
const largestFile = 512 * 1024 * 1024;

/** File access for the git library: reads regular files of one repository folder, follows no link, writes nothing. */
export function confinedFs(gitFolder: string) {
  async function below(path: string): Promise<{ segments: string[]; full: string }> {
    const inside = relative(gitFolder, path);
    const segments = inside === "" ? [] : inside.split(sep);
    if (segments[0] === "..") throw systemError("EACCES", path);
    const full = await resolveBelow("git", gitFolder, segments);
    if (full === null) throw systemError("ENOENT", path);
    return { segments, full };
  }

  const lstatBelow = async (path: string) => lstat((await below(path)).full);
  const refuse = async (path: string) => {
    throw systemError("EROFS", path);
  };

  return {
    promises: {
      async readFile(path: string, options?: { encoding?: BufferEncoding } | BufferEncoding) {
        const { segments } = await below(path);
        const bytes = await withRegularFile("git", gitFolder, segments, async (file) => {
          if (file.stats.size > largestFile) throw tooLarge(Number(file.stats.size));
          const content = Buffer.allocUnsafeSlow(Number(file.stats.size));
          return content.subarray(0, await file.read(content, 0));
        });
        if (bytes === null) throw systemError("ENOENT", path);
        const encoding = typeof options === "string" ? options : options?.encoding;
        return encoding ? bytes.toString(encoding) : bytes;
      },
      async readdir(path: string) {
        return readdir((await below(path)).full);
      },
      stat: lstatBelow,
      lstat: lstatBelow,
      readlink: refuse,
      writeFile: refuse,
      mkdir: refuse,
      rmdir: refuse,
      unlink: refuse,
      symlink: refuse,
    },
  };
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function tooLarge(bytes: number): AppError {
  return new AppError("too_large", "git: a pack of this repository is too large to be read", {
    remedy: "Repack it in smaller packs: git repack -ad --max-pack-size=256m",
    details: { bytes, limit: largestFile },
  });
}
