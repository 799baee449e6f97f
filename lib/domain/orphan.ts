import { z } from "zod";
import { type Artifact, artifactSchema, type Entry, entrySchema } from "./entry.ts";
import { type Page, pageSchema } from "./source.ts";

export const orphanSides = ["index", "payload"] as const;
export type OrphanSide = (typeof orphanSides)[number];

const reason = z.string().describe("one sentence");
const revivable = z.boolean().describe("a result whose entry is gone, and a run is recorded to have made it");

/** `why`: sentences that say what could not be judged, and why; a list that is empty for such a reason is none. */
export const orphansSchema = z.union([
  pageSchema(entrySchema.extend({ reason })).extend({ side: z.literal("index"), why: z.array(z.string()) }),
  pageSchema(artifactSchema.extend({ reason, revivable })).extend({
    side: z.literal("payload"),
    why: z.array(z.string()),
  }),
]);
export type BrokenEntries = Page<Entry & { reason: string }> & { side: "index"; why: string[] };
export type OrphanPayloads = Page<Artifact & { reason: string; revivable: boolean }> & {
  side: "payload";
  why: string[];
};
