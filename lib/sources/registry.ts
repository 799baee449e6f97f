import { join } from "node:path";
import type { Driver } from "../contracts/driver.ts";
import type { LayoutDefinition, SlotPlan } from "../contracts/layout.ts";
import { openFilesDriver } from "../drivers/files/files-driver.ts";
import { openFirestoreDriver } from "../drivers/firestore/firestore-driver.ts";
import { openGcsDriver } from "../drivers/gcs/gcs-driver.ts";
import { openGitDriver } from "../drivers/git/git-driver.ts";
import { openRedisDriver } from "../drivers/redis/redis-driver.ts";
import { openSqliteDriver } from "../drivers/sqlite/sqlite-driver.ts";
import { expopsLayout } from "../layouts/expops/index.ts";

/** Every layout, the most precise first. */
export const layouts: readonly LayoutDefinition[] = [expopsLayout];

/** Opens the driver that a plan names; its path is below `folder`. `mayChange`: with its way to change things safely, where it has one. */
export function openPlanned(
  plan: SlotPlan["open"],
  folder: string,
  { mayChange }: { mayChange: boolean },
): Promise<Driver> {
  switch (plan.engine) {
    case "sqlite":
      return openSqliteDriver({ path: join(folder, plan.path), mayChange });
    case "git":
      return openGitDriver({ path: join(folder, plan.path) });
    case "files":
      return openFilesDriver({ path: join(folder, plan.path), mayChange });
    case "redis":
      return openRedisDriver({ url: plan.url, mayChange });
    case "firestore":
      return openFirestoreDriver({
        project: plan.project,
        mayChange,
        ...(plan.database !== null && { database: plan.database }),
        ...(plan.keyFile !== null && { keyFile: join(folder, plan.keyFile) }),
        ...(plan.emulatorHost !== null && { emulatorHost: plan.emulatorHost }),
      });
    case "gcs":
      return openGcsDriver({
        bucket: plan.bucket,
        prefix: plan.prefix,
        mayChange,
        ...(plan.emulatorHost !== null && { emulatorHost: plan.emulatorHost }),
      });
  }
}
