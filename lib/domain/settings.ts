import { z } from "zod";
import { pageSchema } from "./source.ts";

/** Where a value comes from, the weakest first. */
export const settingOrigins = ["default", "system-file", "file", "environment", "command-line"] as const;
export type SettingOrigin = (typeof settingOrigins)[number];

export const settingSchema = z.object({
  id: z.string(),
  of: z.string().describe("server, or the id of a source"),
  name: z.string(),
  value: z
    .union([z.string(), z.number(), z.boolean(), z.null(), z.object({ set: z.boolean() })])
    .describe("of a secret only whether it is set"),
  origin: z.enum(settingOrigins),
  from: z.string().nullable().describe("the variable, the file or the option that says it"),
  warning: z.string().optional().describe("it counts, but something is amiss with it"),
  drift: z.string().optional().describe("another place says otherwise, and does not count"),
});
export type Setting = z.infer<typeof settingSchema>;

export const settingsDifferenceSchema = z.object({
  kind: z.enum(["added", "removed", "changed"]),
  source: z.string().nullable().describe("its label; null: the server itself"),
  what: z.array(z.string()).describe("names of the settings that differ"),
});
export type SettingsDifference = z.infer<typeof settingsDifferenceSchema>;

/** The settings file is another than the one that was read at the start. */
export const settingsChangeSchema = z.object({
  at: z.iso.datetime(),
  path: z.string(),
  summary: z.string(),
  differences: z.array(settingsDifferenceSchema),
  error: z
    .object({
      message: z.string(),
      remedy: z.string().optional(),
      line: z.number().optional(),
      column: z.number().optional(),
    })
    .optional()
    .describe("why it cannot be read; what was read before goes on"),
});
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

export const settingsAnswerSchema = pageSchema(settingSchema).extend({
  changed: settingsChangeSchema.nullable(),
  editing: z.boolean().describe("whether sources may be tried and written from the pages"),
});
export type SettingsAnswer = z.infer<typeof settingsAnswerSchema>;
