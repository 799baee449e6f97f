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
