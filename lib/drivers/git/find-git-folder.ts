import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../domain/errors.ts";
import { fileFailure, meansAbsent } from "../confined-folder.ts";

/**
 * The repository folder of `root`: its `.git` folder, or itself when it is bare. Throws `unsupported` where git's data is elsewhere
 * (a worktree, a submodule, a link) or in a form that cannot be read.
 */
export async function findGitFolder(root: string): Promise<string> {
  const inside = join(root, ".git");
  const kind = await kindOf(inside);
  if (kind === "file" || kind === "other") throw elsewhere();
  const gitFolder = kind === "folder" ? inside : root;
  const [head, objects] = await Promise.all([kindOf(join(gitFolder, "HEAD")), kindOf(join(gitFolder, "objects"))]);
  if (head !== "file" || objects !== "folder") throw notARepository();
  await requireReadableFormat(gitFolder);
  return gitFolder;
}

async function requireReadableFormat(gitFolder: string): Promise<void> {
  const config = await readFile(join(gitFolder, "config"), "utf8").catch(() => "");
  const format = /^\s*(objectformat|refstorage)\s*=\s*(sha256|reftable)/im.exec(config);
  if (format === null) return;
  throw new AppError("unsupported", `git: repositories with ${format[2]} cannot be read yet`, {
    remedy: "Clone it into a repository of the usual format.",
  });
}

async function kindOf(path: string): Promise<"file" | "folder" | "other" | null> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw fileFailure("git", "the repository", error);
  }
}

function elsewhere(): AppError {
  return new AppError("unsupported", "git: the repository's data is outside this folder (a worktree or a submodule)", {
    remedy: "Name the folder of the main work tree, or the .git folder itself.",
  });
}

function notARepository(): AppError {
  return new AppError("unsupported", "git: this folder is no git repository", {
    remedy: "Name a folder that holds .git, or a bare repository.",
  });
}
