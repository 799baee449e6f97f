import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type CheckFinding, failed, passed, type StoreChecks, skipped, warned } from "../../contracts/check.ts";
import { resolveRoot } from "../confined-folder.ts";
import { openFilesDriver } from "./files-driver.ts";

/** Looks at a folder as the product would use it: nothing is written. */
export function checkFiles({ path, mayChange }: { path: string; mayChange: boolean }): StoreChecks {
  const folder = resolve(path);
  const name = basename(folder);

  async function checkReading(): Promise<CheckFinding> {
    const driver = await openFilesDriver({ path: folder });
    try {
      const folders = await driver.folders("");
      return passed(`It can be read: ${folders.length === 1 ? "1 folder" : `${folders.length} folders`} in it`);
    } finally {
      await driver.close();
    }
  }

  async function checkWriting(): Promise<CheckFinding> {
    if (!mayChange) return skipped("The source is only read, so no right to write is needed");
    const may = await access(folder, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (may) return passed("Files may be moved in it");
    return warned(
      `The server may not write to ${name}: files cannot be taken out; all else works`,
      `chmod u+wx '${folder}'`,
    );
  }

  return {
    recipes: () => [],
    checks: [
      {
        id: "files.path",
        stage: "parse",
        look: async () => (path === "" ? failed("No folder is named", "Write the folder's path.") : passed(name)),
      },
      {
        id: "files.confined",
        stage: "policy",
        look: async () => passed("Nothing outside of it is opened, and no link is followed"),
      },
      {
        id: "files.reach",
        stage: "reach",
        async look() {
          await resolveRoot("files", folder);
          return passed("The folder is there");
        },
      },
      { id: "files.sign-in", stage: "auth", look: async () => skipped("A folder asks for no credentials") },
      { id: "files.read", stage: "rights", look: checkReading },
      { id: "files.change", stage: "rights", look: checkWriting },
    ],
    close: async () => undefined,
  };
}
