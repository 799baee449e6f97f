import type { Millis } from "../../domain/values.ts";
import type { Folder } from "./seams.ts";
import { pathBelow, pathsOfVersion, readerOf, readVersionFiles, type VersionFiles } from "./version-files.ts";

/** The version that the project's files are at present. */
export interface WorkspaceVersion {
  /** Read again only when a file changed. `null`: there is no config, or no hash can be told. */
  current(): Promise<Omit<VersionFiles, "files"> | null>;
  /** The hash when it was looked at last, by any of the others. */
  lastHash(): string | null;
  read(): Promise<VersionFiles | null>;
  /** When the last of the files was changed; `null` where the driver does not tell. */
  changedAt(): Promise<Millis | null>;
  /** Changes with the files. */
  stamp(): Promise<string>;
}

export function openWorkspaceVersion({ driver, folder }: Folder): WorkspaceVersion {
  let paths = pathsOfVersion(null);
  let known: { tokens: string; version: Omit<VersionFiles, "files"> | null } | null = null;
  const read = () => readVersionFiles(readerOf(driver, folder));

  function readStats() {
    return Promise.all(paths.map((path) => driver.stat(pathBelow(folder, path))));
  }

  async function readTokens(): Promise<string> {
    return JSON.stringify((await readStats()).map((stat) => stat?.token ?? null));
  }

  /** Tokens are taken before the bytes, so that a change in between is noticed the next time. */
  async function refresh(): Promise<{ tokens: string; version: Omit<VersionFiles, "files"> | null }> {
    for (let tries = 0; ; tries++) {
      const tokens = await readTokens();
      if (tokens === known?.tokens) return known;
      const version = await read();
      const present = pathsOfVersion(version?.config ?? null);
      const samePaths = JSON.stringify(present) === JSON.stringify(paths);
      paths = present;
      if (!samePaths && tries < 3) continue;
      known = { tokens, version: version && { hash: version.hash, config: version.config } };
      return known;
    }
  }

  return {
    current: async () => (await refresh()).version,
    lastHash: () => known?.version?.hash ?? null,
    read,
    async changedAt() {
      await refresh();
      const times = (await readStats()).map((stat) => stat?.modifiedAt ?? null);
      return times.some((time) => time === null) ? null : Math.max(...(times as Millis[]));
    },
    stamp: async () => (await refresh()).tokens,
  };
}
