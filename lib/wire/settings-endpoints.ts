import { z } from "zod";
import { checkStages, sourceCheckSchema } from "../domain/check.ts";
import { settingsAnswerSchema } from "../domain/settings.ts";
import { sourceSettingsSchema } from "../domain/source-settings.ts";
import type { Endpoint } from "./endpoint.ts";
import { opaqueId, text } from "./query-fields.ts";

/** How the server is set, and whether its stores do what it needs. */
export const settingsEndpoints = {
  settings: {
    method: "get",
    path: "/settings",
    summary:
      "The settings that count, each with its origin, of a secret only whether it is set; and how the settings file has changed since the start",
    answer: settingsAnswerSchema,
  },
  checkSource: {
    method: "post",
    path: "/settings/check",
    summary:
      "Looks at a source stage by stage; with Accept: application/x-ndjson each step comes as it ends, the whole last",
    body: z
      .object({
        source: opaqueId.optional(),
        slot: text
          .optional()
          .describe("one of its stores, as a step names it, or source for what holds of all together"),
        stage: z.enum(checkStages).optional().describe("this one and those that it stands on"),
        candidate: sourceSettingsSchema
          .optional()
          .describe("a source that is not in the settings; takes the role admin, and editing switched on"),
      })
      .refine(
        ({ source, candidate }) => (source === undefined) !== (candidate === undefined),
        "names a source or a candidate",
      ),
    answer: sourceCheckSchema,
  },
} as const satisfies Record<string, Endpoint>;
