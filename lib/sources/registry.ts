import { join } from "node:path";
import type { StoreChecks } from "../contracts/check.ts";
import type { Driver } from "../contracts/driver.ts";
import type { LayoutDefinition, SlotPlan } from "../contracts/layout.ts";
import { checkFiles } from "../drivers/files/check-files.ts";
import { openFilesDriver } from "../drivers/files/files-driver.ts";
import { checkFirestore } from "../drivers/firestore/check-firestore.ts";
import { type FirestoreOptions, openFirestoreDriver } from "../drivers/firestore/firestore-driver.ts";
import { checkGcs } from "../drivers/gcs/check-gcs.ts";
import { openGcsDriver } from "../drivers/gcs/gcs-driver.ts";
import { checkGit } from "../drivers/git/check-git.ts";
import { openGitDriver } from "../drivers/git/git-driver.ts";
import { checkRedis } from "../drivers/redis/check-redis.ts";
import { openRedisDriver } from "../drivers/redis/redis-driver.ts";
import { checkSqlite } from "../drivers/sqlite/check-sqlite.ts";
import { openSqliteDriver } from "../drivers/sqlite/sqlite-driver.ts";
import { expopsLayout } from "../layouts/expops/index.ts";

/** Every layout, the most precise first. */
export const layouts: readonly LayoutDefinition[] = [expopsLayout];

const keys = layouts.find((layout) => layout.keys !== undefined)?.keys ?? { prefix: "", channels: [] };

/** What is to be looked at of the store that a plan names, without opening it. */
export function checksOf(plan: SlotPlan["open"], folder: string, mayChange: boolean): StoreChecks {
  switch (plan.engine) {
    case "sqlite":
      return checkSqlite({ path: join(folder, plan.path), mayChange });
    case "git":
      return checkGit({ path: join(folder, plan.path) });
    case "files":
      return checkFiles({ path: join(folder, plan.path), mayChange });
    case "redis":
      return checkRedis({ ...keys, ...redisOptions(plan), mayChange });
    case "firestore":
      return checkFirestore({ ...firestoreOptions(plan, folder), mayChange });
    case "gcs":
      return checkGcs({ ...gcsOptions(plan, folder), mayChange });
  }
}

/** How documents that are read are counted. */
export type CountedReads = Pick<FirestoreOptions, "readsPerHour" | "pastReads">;

/** Opens the driver that a plan names; its path is below `folder`. `mayChange`: with its way to change things safely, where it has one. */
export function openPlanned(
  plan: SlotPlan["open"],
  folder: string,
  { mayChange, counted }: { mayChange: boolean; counted?: CountedReads },
): Promise<Driver> {
  switch (plan.engine) {
    case "sqlite":
      return openSqliteDriver({ path: join(folder, plan.path), mayChange });
    case "git":
      return openGitDriver({ path: join(folder, plan.path) });
    case "files":
      return openFilesDriver({
        path: join(folder, plan.path),
        mayChange,
        ...(plan.hasOtherIndex && { hasOtherIndex: true }),
      });
    case "redis":
      return openRedisDriver({ ...redisOptions(plan), mayChange });
    case "firestore":
      return openFirestoreDriver({ ...counted, ...firestoreOptions(plan, folder), mayChange });
    case "gcs":
      return openGcsDriver({ ...gcsOptions(plan, folder), mayChange });
  }
}

function redisOptions({ url, tls }: Extract<SlotPlan["open"], { engine: "redis" }>) {
  if (!tls) return { url };
  const { caFile, serverName } = tls;
  return {
    url,
    tls: { ...(caFile !== undefined && { caFile }), ...(serverName !== undefined && { servername: serverName }) },
  };
}

function firestoreOptions(plan: Extract<SlotPlan["open"], { engine: "firestore" }>, folder: string) {
  return {
    project: plan.project,
    ...(plan.database !== null && { database: plan.database }),
    ...(plan.keyFile !== null && { keyFile: join(folder, plan.keyFile) }),
    ...(plan.emulatorHost !== null && { emulatorHost: plan.emulatorHost }),
  };
}

function gcsOptions(plan: Extract<SlotPlan["open"], { engine: "gcs" }>, folder: string) {
  return {
    bucket: plan.bucket,
    prefix: plan.prefix,
    ...(plan.keyFile && { keyFile: join(folder, plan.keyFile) }),
    ...(plan.emulatorHost !== null && { emulatorHost: plan.emulatorHost }),
  };
}
