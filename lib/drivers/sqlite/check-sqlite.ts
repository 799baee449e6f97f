import { constants, statSync } from "node:fs";
import { access } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { type CheckFinding, failed, passed, type StoreChecks, skipped, warned } from "../../contracts/check.ts";
import type { SqlDriver } from "../../contracts/driver.ts";
import { lookAtFile } from "./look-at-file.ts";
import { openSqliteDriver } from "./sqlite-driver.ts";

/** Looks at a database file as the product would use it: nothing is written, nor created beside it. */
export function checkSqlite({ path, mayChange }: { path: string; mayChange: boolean }): StoreChecks {
  const location = resolve(path);
  const name = basename(location);
  let driver: SqlDriver | null = null;

  async function checkReading(): Promise<CheckFinding> {
    driver = await openSqliteDriver({ path: location });
    const tables = await driver.tables();
    return passed(`It can be read: ${tables.length === 1 ? "1 table" : `${tables.length} tables`}`);
  }

  async function checkWriting(): Promise<CheckFinding> {
    if (!mayChange) return skipped("The source is only read, so no right to write is needed");
    // SQLite keeps its journal beside the file.
    const [file, folder] = await Promise.all([mayWrite(location), mayWrite(dirname(location))]);
    if (file && folder) return passed("The file and its folder may be written to");
    return warned(
      `The server may not write to ${file ? "the folder of " : ""}${name}: entries cannot be taken out; all else works`,
      `chmod u+w '${file ? dirname(location) : location}'`,
    );
  }

  return {
    recipes: () => [],
    checks: [
      {
        id: "sqlite.path",
        stage: "parse",
        look: async () => (path === "" ? failed("No file is named", "Write sqlite:FILE.") : passed(name)),
      },
      {
        id: "sqlite.file",
        stage: "policy",
        async look() {
          const stat = statSync(location, { throwIfNoEntry: false });
          if (!stat || stat.isFile()) return passed("It is a file of its own");
          return failed(`${name} is a folder or a device`, "Name the database file itself.");
        },
      },
      {
        id: "sqlite.reach",
        stage: "reach",
        async look() {
          const { bytes } = lookAtFile(location);
          return passed(`It is a SQLite file of ${bytes.toLocaleString("en")} bytes`);
        },
      },
      { id: "sqlite.sign-in", stage: "auth", look: async () => skipped("A file asks for no credentials") },
      { id: "sqlite.read", stage: "rights", look: checkReading },
      { id: "sqlite.change", stage: "rights", look: checkWriting },
      {
        id: "sqlite.journal",
        stage: "fit",
        async look() {
          const { isWal, hasSharedMemory, walBytes } = lookAtFile(location);
          if (!isWal) return passed("Its journal is a rollback journal: a writer makes readers wait for a moment");
          if (walBytes && !hasSharedMemory)
            return warned(
              "A writer ended without tidying up; the file is read from a copy",
              "Open it once with the tool.",
            );
          return passed("Its journal is a write-ahead log: readers and writers do not wait for each other");
        },
      },
    ],
    close: async () => driver?.close(),
  };
}

function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
