import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, say } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { npmCommand, run } from "./run.mjs";

/** Installs what `package-lock.json` names, unless that very set is installed already. */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  await withLock(root, async () => {
    if (isInstalled(root)) return;
    say("Installing the packages (npm ci) …");
    const begun = Date.now();
    const { program, first, env } = npmCommand(root);
    const code = await run(program, [...first, "ci", "--loglevel=error"], { cwd: root, env });
    if (code !== 0) {
      throw new Failure(
        `npm could not install the packages (exit code ${code}).`,
        `See npm's message above; check that the registry answers (npm ping), then type: npm ci --prefix ${root}`,
      );
    }
    say(`Installed in ${Math.round((Date.now() - begun) / 1000)} s.`);
  });
}

/**
 * Whether `node_modules` holds exactly the versions of the lock file. npm writes what it installed to a lock file of its
 * own at the very end, so an interrupted install is not mistaken for a finished one.
 */
export function isInstalled(root) {
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  const wanted = readPackages(join(root, "package-lock.json")) ?? {};
  return Object.entries(wanted).every(([path, { version, optional, devOptional, link }]) => {
    if (path === "" || link) return true;
    const present = installed[path];
    // Optional packages are left out where they are for another platform.
    return present ? present.version === version : Boolean(optional || devOptional);
  });
}

function readPackages(path) {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages ?? null;
  } catch {
    return null;
  }
}
