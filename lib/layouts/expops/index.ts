import { z } from "zod";
import type { DocumentDriver, KeyValueDriver } from "../../contracts/driver.ts";
import type { LayoutDefinition, OpenSlots, Recognition } from "../../contracts/layout.ts";
import { isAppError } from "../../domain/errors.ts";
import { checkExpops } from "./check-expops.ts";
import { discoverExpops } from "./discover.ts";
import { projectsCollection } from "./document-rows.ts";
import { eventChannels, redisPrefix } from "./keys.ts";
import { openExpops } from "./open-layout.ts";
import { ownSettings } from "./own-settings.ts";
import { openPlaces } from "./places.ts";
import { hasKvTable } from "./sql-rows.ts";

const longestLookMillis = 5_000;

/** ExpOps 0.1.0 and later: SQLite, Redis, Firestore or no index at all, with files or a bucket, logs and code beside. */
export const expopsLayout: LayoutDefinition = {
  name: "expops",
  slots: {
    index: { kinds: ["sql", "key-value", "document"], required: false },
    blobs: { kinds: ["blob"], required: false },
    code: { kinds: ["blob"], required: false },
  },
  options: z.object({}),
  discover: discoverExpops,
  ownSettings,
  keys: { prefix: redisPrefix, channels: [eventChannels] },
  recognises,
  check: checkExpops,
  open: openExpops,
};

async function recognises(slots: OpenSlots): Promise<Recognition | null> {
  for (const { driver } of slots.index ?? []) {
    if (driver.kind === "sql" && (await hasKvTable(driver))) return { precision: 0.9, label: "ExpOps" };
    if (driver.kind === "key-value" && (await holdsToolKeys(driver))) return { precision: 0.9, label: "ExpOps" };
    if (driver.kind === "document" && (await holdsProjects(driver))) return { precision: 0.9, label: "ExpOps" };
  }
  const projects = await openPlaces(slots).all();
  return projects.length > 0 ? { precision: 0.8, label: "ExpOps" } : null;
}

async function holdsProjects(driver: DocumentDriver): Promise<boolean> {
  try {
    const { ids } = await driver.ids({ collection: projectsCollection, cursor: null, limit: 1 });
    return ids.length > 0;
  } catch (error) {
    // Only what was opened before can have used up its reads.
    if (isAppError(error) && error.code === "too_many") return true;
    throw error;
  }
}

/** Looks for the tool's keys as long as a page may wait; among millions of foreign ones they may be missed. */
async function holdsToolKeys(driver: KeyValueDriver): Promise<boolean> {
  const until = performance.now() + longestLookMillis;
  for (let cursor: string | null = null; ; ) {
    const page = await driver.scan({ prefix: redisPrefix, cursor });
    if (page.keys.length > 0) return true;
    if (page.cursor === null || performance.now() > until) return false;
    cursor = page.cursor;
  }
}
