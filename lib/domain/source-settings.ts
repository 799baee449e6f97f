import { z } from "zod";

/** Marks what is a secret: it is written as a reference, is never shown, and a form takes it without echo. */
const secret = (description: string) => z.string().min(1).max(10_000).meta({ description, writeOnly: true });
const path = (description: string) => z.string().min(1).max(4_096).describe(description);

const redisSettings = z
  .strictObject({
    username: z.string().min(1).max(200).optional().describe("The user, where the address names none."),
    password: secret(
      "The password, where the address holds none: a reference, ${env:NAME} or file:PATH, as in file:/run/secrets/redis.",
    ).optional(),
    caFile: path(
      "Certificates (PEM) of the authority to trust. With it TLS is spoken, also where the address begins with redis://.",
    ).optional(),
    serverName: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe("The name that the certificate is for, where it is not the host's."),
  })
  .describe("How to sign in at the Redis that the target names.");

const googleSettings = z
  .strictObject({
    keyFile: path(
      "The key file (JSON) of a service account. Without it Google's usual credentials are taken.",
    ).optional(),
  })
  .describe("For the Firestore database and the bucket of this source.");

/** One source as a person writes it. */
export const sourceSettingsSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, "may hold letters, digits, - and _ (at most 40)")
    .optional()
    .describe(
      "What addresses of pages call it. Without one it is made of the target; give one to keep it when the target moves.",
    ),
  label: z.string().max(200).optional().describe("What people call it."),
  target: z
    .string()
    .max(8_192)
    .describe(
      "Where it is: a folder, sqlite:FILE, redis://HOST:PORT/DB or rediss://…, firestore://PROJECT[/DATABASE], gs://BUCKET[/PREFIX]; parts of one source are joined with +. Paths are relative to this file.",
    ),
  environment: z
    .string()
    .max(60)
    .optional()
    .describe("Shown beside it. In one called production, changes ask for the source's name first."),
  readOnly: z.boolean().optional().describe("Opens its stores for reading alone, whoever asks."),
  readsPerHour: z
    .number()
    .int()
    .min(100)
    .max(100_000_000)
    .optional()
    .describe("Documents of Firestore that may be read an hour, since they cost money; 5000 unless said."),
  redis: redisSettings.optional(),
  google: googleSettings.optional(),
});

export type SourceSettings = z.infer<typeof sourceSettingsSchema>;

/** Which source of the settings file is meant, and of which reading of it. */
export const sourcePlaceSchema = z.object({
  of: z.string().nullable().describe("id of the source that is changed; null: a new one"),
  digest: z.string().describe("of the settings file, as GET /settings/form told it"),
});

export const settingsFormSchema = z.object({
  path: z.string(),
  digest: z.string(),
  schema: z.record(z.string(), z.unknown()).describe("JSON schema of a source"),
  sources: z.array(z.object({ id: z.string(), label: z.string(), settings: sourceSettingsSchema })),
  drafts: z.array(
    z.object({ of: z.string().nullable(), by: z.string(), at: z.iso.datetime(), settings: sourceSettingsSchema }),
  ),
});
export type SettingsForm = z.infer<typeof settingsFormSchema>;

export const sourceWritingSchema = z.object({
  lines: z.array(z.object({ sign: z.enum([" ", "+", "-"]), text: z.string() })).describe("how the file changes"),
  written: z.boolean(),
});
export type SourceWriting = z.infer<typeof sourceWritingSchema>;
export type SourcePlace = z.infer<typeof sourcePlaceSchema>;

/** The schema that a form is drawn from. */
export function describeSource(): Record<string, unknown> {
  return z.toJSONSchema(sourceSettingsSchema, { target: "draft-7", io: "input" });
}
