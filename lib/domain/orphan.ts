import { z } from "zod";
import { type Artifact, artifactSchema, type Entry, entrySchema, type PayloadRole } from "./entry.ts";
import { type Page, pageSchema } from "./source.ts";

/** What can be wrong with an entry that is served all the same: a file of another size than its result says; a life that is over and not obeyed. */
export const entryFaults = ["size", "expiry"] as const;
export type EntryFault = (typeof entryFaults)[number];

export const orphanSides = ["index", "payload", ...entryFaults] as const;
export type OrphanSide = (typeof orphanSides)[number];

/** Of a payload that is stored with another size than the result that names it says. */
export function sayDrift(role: PayloadRole, stored: number, recorded: number): string {
  const count = (bytes: number) => `${bytes.toLocaleString("en")} bytes`;
  return `Its result says that ${role === "model" ? "a model" : `an ${role}`} of it holds ${count(recorded)}; what is stored holds ${count(stored)}, so it was written over since and is served in its place.`;
}

const reason = z.string().describe("one sentence");
const revivable = z.boolean().describe("a result whose entry is gone, and a run is recorded to have made it");

/** `why`: sentences that say what could not be judged, and why; a list that is empty for such a reason is none. */
export const orphansSchema = z.union([
  pageSchema(entrySchema.extend({ reason })).extend({
    side: z.enum(["index", ...entryFaults]),
    why: z.array(z.string()),
  }),
  pageSchema(artifactSchema.extend({ reason, revivable })).extend({
    side: z.literal("payload"),
    why: z.array(z.string()),
  }),
]);
export type OddEntries = Page<Entry & { reason: string }> & { side: "index" | EntryFault; why: string[] };
export type OrphanPayloads = Page<Artifact & { reason: string; revivable: boolean }> & {
  side: "payload";
  why: string[];
};
