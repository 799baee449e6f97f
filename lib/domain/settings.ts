import { z } from "zod";

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
