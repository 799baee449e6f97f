import { z } from "zod";
import { isoTime } from "./values.ts";

/** An object store that sources use, and whether someone has said that all indexes which name things in it are among them. */
export const bucketSchema = z.object({
  id: z.string(),
  name: z.string(),
  sources: z.array(z.string()).describe("sources that use it"),
  confirmed: z
    .object({ by: z.string(), at: isoTime, sources: z.array(z.string()) })
    .nullable()
    .describe("holds while each of its sources is configured"),
  missing: z
    .array(z.string())
    .describe("sources of the confirmation that are not configured any more: it does not hold"),
});
export type Bucket = z.infer<typeof bucketSchema>;
