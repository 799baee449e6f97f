import { z } from "zod";

const path = (title: string, description: string) => z.string().min(1).max(4_096).meta({ title, description });

const redisSettings = z
  .strictObject({
    username: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ title: "User", description: "Where the address names none." }),
    password: z.string().min(1).max(10_000).optional().meta({
      title: "Password",
      description:
        "Where the address holds none, as a reference: ${env:NAME}, or file:PATH as in file:/run/secrets/redis.",
      writeOnly: true,
    }),
    caFile: path(
      "Authority",
      "File of certificates (PEM) to trust. With it TLS is spoken, also where the address begins with redis://.",
    ).optional(),
    serverName: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .meta({ title: "Name in the certificate", description: "Where it is not the host's." }),
  })
  .meta({ title: "Redis", description: "How to sign in at the Redis that the target names." });

const googleSettings = z
  .strictObject({
    keyFile: path(
      "Key file",
      "Of a service account (JSON). Without it Google's usual credentials are taken.",
    ).optional(),
  })
  .meta({ title: "Google", description: "For the Firestore database and the bucket of this source." });

/** One source as a person writes it. */
export const sourceSettingsSchema = z.strictObject({
  target: z.string().max(8_192).meta({
    title: "Target",
    description:
      "Where it is: a folder, sqlite:FILE, redis://HOST:PORT/DB or rediss://…, firestore://PROJECT[/DATABASE], gs://BUCKET[/PREFIX]; parts of one source are joined with +. Paths are relative to the settings file.",
  }),
  label: z.string().max(200).optional().meta({ title: "Label", description: "What people call it." }),
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, "may hold letters, digits, - and _ (at most 40)")
    .optional()
    .meta({
      title: "Id",
      description:
        "What addresses of pages call it; made of the target unless said. Give one to keep it when the target moves.",
    }),
  environment: z.string().max(60).optional().meta({
    title: "Environment",
    description: "Shown beside it. In one called production, changes ask for the source's name first.",
  }),
  readOnly: z
    .boolean()
    .optional()
    .meta({ title: "Read only", description: "Opens its stores for reading alone, whoever asks." }),
  readsPerHour: z.number().int().min(100).max(100_000_000).optional().meta({
    title: "Documents an hour",
    description: "Of Firestore that may be read, since they cost money; 5000 unless said.",
  }),
  redis: redisSettings.optional(),
  google: googleSettings.optional(),
});

export type SourceSettings = z.infer<typeof sourceSettingsSchema>;

/** Which source of the settings file is meant, and of which reading of it. */
export const sourcePlaceSchema = z.object({
  of: z.string().nullable().describe("id of the source that is changed; null: a new one"),
  digest: z.string().describe("of the settings file, as GET /settings/form told it"),
});
export type SourcePlace = z.infer<typeof sourcePlaceSchema>;

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

/** The schema that a form is drawn from. */
export function describeSource(): Record<string, unknown> {
  return z.toJSONSchema(sourceSettingsSchema, { target: "draft-7", io: "input" });
}
