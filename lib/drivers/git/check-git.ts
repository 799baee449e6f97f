import { basename } from "node:path";
import { passed, type StoreChecks, skipped, warned } from "../../contracts/check.ts";
import type { VersionedBlobDriver } from "../../contracts/driver.ts";
import { resolveRoot } from "../confined-folder.ts";
import { openGitDriver } from "./git-driver.ts";

/** Looks at a repository's history as the product would use it: nothing is written. */
export function checkGit({ path }: { path: string }): StoreChecks {
  let driver: VersionedBlobDriver | null = null;
  return {
    recipes: () => [],
    checks: [
      { id: "git.path", stage: "parse", look: async () => passed(basename(path)) },
      {
        id: "git.reach",
        stage: "reach",
        async look() {
          await resolveRoot("git", path);
          return passed("The folder is there");
        },
      },
      { id: "git.sign-in", stage: "auth", look: async () => skipped("A folder asks for no credentials") },
      {
        id: "git.read",
        stage: "rights",
        async look() {
          driver = await openGitDriver({ path });
          const { items } = await driver.revisions({ cursor: null, limit: 1 });
          if (items.length > 0) return passed("Its history can be read");
          return warned("It holds no commit, so no version of code is known by it", "Commit the code once.");
        },
      },
    ],
    close: async () => driver?.close(),
  };
}
