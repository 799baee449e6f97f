import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import { type AccessSettings, accessSettings } from "./access-schema.ts";

const fileName = "trialdeck.config.yaml";
const largestFile = 1024 * 1024;

const sourceSettings = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, "may hold letters, digits, - and _ (at most 40)")
    .optional(),
  label: z.string().max(200).optional(),
  target: z.string(),
  environment: z.string().max(60).optional(),
  readOnly: z.boolean().optional(),
  /** Documents of Firestore, which cost money. */
  readsPerHour: z.number().int().min(100).max(100_000_000).optional(),
});
const settingsFileSchema = z.strictObject({
  sources: z.array(sourceSettings).min(1),
  pricePerGib: z.number().min(0).optional(),
  access: accessSettings.optional(),
});

export type SourceSettings = z.infer<typeof sourceSettings>;
export interface SettingsFile {
  path: string;
  sources: SourceSettings[];
  /** Of keeping a GiB for a month. */
  pricePerGib?: number;
  access?: AccessSettings;
}

/** `trialdeck.config.yaml` in this folder or the nearest one above; `null` when there is none. */
export function findSettingsFile(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, fileName);
    if (statSync(candidate, { throwIfNoEntry: false })?.isFile()) return candidate;
    if (dirname(at) === at) return null;
  }
}

/** Reads and checks a settings file. Throws `bad_request` with the place of the mistake. */
export function readSettingsFile(path: string): SettingsFile {
  const parsed = settingsFileSchema.safeParse(parseFile(path));
  if (parsed.success) return { path, ...parsed.data };
  const issue = parsed.error.issues[0];
  throw new AppError("bad_request", `${path}: ${issue?.path.join(".") || "the file"}: ${issue?.message}.`, {
    remedy:
      "The file holds a list `sources:`, each with a `target:` and, if wanted, `id:`, `label:`, `environment:`, `readOnly:` and `readsPerHour:`; beside it, if wanted, `pricePerGib:` and `access:` (docs/access.md).",
  });
}

function parseFile(path: string): unknown {
  try {
    if (statSync(path).size > largestFile) throw new Error("larger than 1 MiB");
    return parseYaml(readFileSync(path, "utf8"), { maxAliasCount: 50, schema: "core", uniqueKeys: true });
  } catch (cause) {
    throw new AppError(
      "bad_request",
      `${path} cannot be read: ${cause instanceof Error ? cause.message.split("\n")[0] : "unknown"}.`,
      {
        remedy: "Correct the file, or name another one with --config.",
        cause,
      },
    );
  }
}
