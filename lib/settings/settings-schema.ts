import { z } from "zod";
import { sourceSettingsSchema } from "../domain/source-settings.ts";
import { accessSettings } from "./access-schema.ts";

const limitsSchema = z
  .strictObject({
    planItems: z.number().int().positive().optional().describe("Entries and files that one plan may hold (100000)."),
    trashDays: z.number().positive().optional().describe("How long what was taken out can be put back (7)."),
    trashBytes: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("What the state folder may keep of it, in bytes (5 GiB)."),
    purgeAfterHours: z
      .number()
      .min(0)
      .optional()
      .describe("How old an operation is before its trash may be emptied by hand (24)."),
  })
  .describe("Bounds of operations; the variables TRIALDECK_PLAN_ITEMS, … win over them.");

/** `trialdeck.config.yaml`. The one truth: it reads the file, and is printed as JSON schema for editors. */
export const settingsFileSchema = z.strictObject({
  sources: z.array(sourceSettingsSchema).min(1).describe("What to open, each a source of its own."),
  pricePerGib: z.number().min(0).optional().describe("What keeping a GiB for a month costs, for the ledger."),
  invalidation: z
    .enum(["off", "plan", "on"])
    .optional()
    .describe("Whether entries may be taken out: not at all, planned only, or done. TRIALDECK_INVALIDATION wins."),
  limits: limitsSchema.optional(),
  access: accessSettings.optional().describe("Who else may come in, and what for: docs/access.md."),
  configEdit: z
    .boolean()
    .optional()
    .describe(
      "Whether admins may try and write sources on the Config page; no unless said. TRIALDECK_CONFIG_EDIT wins.",
    ),
  candidateHosts: z
    .array(
      z
        .string()
        .regex(/^(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]):\d{1,5}$/, "is no host:port in small letters"),
    )
    .optional()
    .describe(
      "The hosts that a source tried on the Config page may name, as host:port, besides those of the sources above; for Google firestore.googleapis.com:443 and storage.googleapis.com:443.",
    ),
});

export type SettingsContent = z.infer<typeof settingsFileSchema>;

/** The schema for editors, as `trialdeck schema` prints it. */
export function describeSettingsFile(): object {
  return { title: "trialdeck.config.yaml", ...z.toJSONSchema(settingsFileSchema, { target: "draft-7", io: "input" }) };
}
