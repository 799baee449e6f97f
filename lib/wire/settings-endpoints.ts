import { z } from "zod";
import { checkStages, sourceCheckSchema } from "../domain/check.ts";
import { settingsAnswerSchema } from "../domain/settings.ts";
import {
  settingsFormSchema,
  sourcePlaceSchema,
  sourceSettingsSchema,
  sourceWritingSchema,
} from "../domain/source-settings.ts";
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
        place: sourcePlaceSchema.optional().describe("of the source that the candidate would change"),
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
  settingsForm: {
    method: "get",
    path: "/settings/form",
    summary: "The sources as the settings file has them, drafts, and the schema of a form; takes the role admin",
    answer: settingsFormSchema,
  },
  writeSource: {
    method: "post",
    path: "/settings/sources",
    summary: "How a source would change the settings file, and with write its change; its check must have passed",
    body: sourcePlaceSchema.extend({ candidate: sourceSettingsSchema, write: z.boolean().default(false) }),
    answer: sourceWritingSchema,
  },
  discardDraft: {
    method: "post",
    path: "/settings/drafts/discard",
    summary: "Forgets the draft of a source",
    body: sourcePlaceSchema.pick({ of: true }),
    answer: z.object({ discarded: z.literal(true) }),
  },
} as const satisfies Record<string, Endpoint>;
