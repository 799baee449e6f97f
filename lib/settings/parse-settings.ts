import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { AppError } from "../domain/errors.ts";
import { type Reference, resolveReferences, UnresolvedReference, type Variables } from "./references.ts";
import { type SettingsContent, settingsFileSchema } from "./settings-schema.ts";

export interface SettingsFile extends SettingsContent {
  path: string;
  /** Of the text, so that another one is told from it. */
  digest: string;
  /** Values that stand elsewhere. */
  references: readonly Reference[];
  /** What is amiss though it counts, in sentences. */
  warnings: readonly string[];
}

type Path = readonly PropertyKey[];

/** Reads the text of a settings file. Throws `bad_request` with line and column of the mistake, never with what stands there. */
export function parseSettings(text: string, path: string, variables: Variables): SettingsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "core", uniqueKeys: true, lineCounter: lines, prettyErrors: false });
  const place = (offset: number | undefined) => (offset === undefined ? null : lines.linePos(offset));
  const [broken] = document.errors;
  if (broken) throw mistake(path, place(broken.pos[0]), withoutQuotation(broken.message), "Correct the file.");
  const refuse = (at: Path, message: string, remedy: string, key?: string) =>
    mistake(path, place(offsetOf(document, at, key)), `${nameOf(at)}: ${message}`, remedy);
  try {
    const { value, references, warnings } = resolveReferences(toPlain(document), variables, dirname(path));
    const parsed = settingsFileSchema.safeParse(value);
    if (parsed.success) return { path, digest: digestOf(text), ...parsed.data, references, warnings };
    const issue = parsed.error.issues[0]!;
    throw refuse(
      issue.path,
      issue.message,
      remedyOf(issue),
      issue.code === "unrecognized_keys" ? issue.keys[0] : undefined,
    );
  } catch (error) {
    if (error instanceof UnresolvedReference) throw refuse(error.at, error.message, error.remedy);
    throw error;
  }

  function toPlain(of: Document): unknown {
    try {
      return of.toJS({ maxAliasCount: 50 });
    } catch (cause) {
      const remedy = "Write out what they stand for; put a text that begins with * in quotes.";
      throw mistake(path, null, "an alias in it stands for nothing, or aliases stand for too much", remedy, cause);
    }
  }
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The parser may quote the place of the mistake, where a secret may stand. */
function withoutQuotation(message: string): string {
  return message.replace(/: ".*$/s, "");
}

function remedyOf(issue: z.core.$ZodIssue): string {
  const known = Object.keys(settingsFileSchema.shape).map((name) => `${name}:`);
  if (issue.path.length === 0)
    return `The file holds a list sources:, each with a target:; beside it, if wanted, ${known.slice(1).join(", ")}. \`trialdeck schema\` prints all.`;
  return "Correct it; `trialdeck schema` prints what each setting may be, and editors read it from docs/trialdeck.schema.json.";
}

function mistake(
  path: string,
  at: { line: number; col: number } | null,
  message: string,
  remedy: string,
  cause?: unknown,
): AppError {
  const where = at ? `${path}:${at.line}:${at.col}` : path;
  return new AppError("bad_request", `${where}: ${message.replace(/\.$/, "")}.`, {
    remedy,
    cause,
    ...(at && { details: { line: at.line, column: at.col } }),
  });
}

function nameOf(at: Path): string {
  return at.length === 0 ? "the file" : at.map(String).join(".");
}

/** Where the value, or the key of this name in it, begins; that of the nearest one around it where there is none. */
function offsetOf(document: Document, at: Path, key?: string): number | undefined {
  const found = document.getIn(at as unknown[], true);
  if (isMap(found) && key !== undefined) {
    const pair = found.items.find((item) => isNode(item.key) && String(item.key) === key);
    if (isNode(pair?.key)) return pair.key.range?.[0];
  }
  if (isNode(found) && found.range) return found.range[0];
  return at.length > 0 ? offsetOf(document, at.slice(0, -1)) : document.contents?.range?.[0];
}
