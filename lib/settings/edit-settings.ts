import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import { AppError } from "../domain/errors.ts";
import type { SourceSettings } from "../domain/source-settings.ts";
import { isReference } from "./references.ts";

/** Stands for a secret that is in the file itself. */
export const mask = "••••••";

const secretName = /(?:password|secret|token|private_?key)$/i;
/** One that would have had to be percent-encoded. */
const unencodedPassword = /(:\/\/[^:@\s]*:)(?!•|\$\{env:)[^+\s]*(?=@)/g;
const passwordInAddress = /(:\/\/[^/?#@\s]*?:)([^/?#@\s]+)(?=@)/g;

/** The sources as they are written, references as they stand, with a mask for each secret that stands in the file itself. */
export function showSources(text: string): SourceSettings[] {
  const { sources = [] } = parseDocument(maskSettings(text)).toJS({ maxAliasCount: 50 }) as {
    sources?: SourceSettings[];
  };
  return sources;
}

/** The text with a mask for each secret that stands in it. */
export function maskSettings(text: string): string {
  const edits: { from: number; to: number; by: string }[] = [];
  visit(parseDocument(text), {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || !secretName.test(String(key.value)) || !isScalar(value) || !value.range) return;
      if (typeof value.value !== "string" || !isReference(value.value))
        edits.push({ from: value.range[0], to: value.range[1], by: JSON.stringify(mask) });
    },
  });
  let masked = text;
  for (const { from, to, by } of edits.sort((a, b) => b.from - a.from)) {
    const end = masked.slice(from, to).endsWith("\n") ? "\n" : "";
    masked = masked.slice(0, from) + by + end + masked.slice(to);
  }
  return masked.replaceAll(passwordInAddress, (written, before: string, password: string) =>
    password.startsWith("${env:") ? written : `${before}${mask}`,
  );
}

/**
 * What a form gave, with what was masked or refers put in from `resolved`, the same source as it counts: only where the rest of the address is unchanged, so that
 * a secret never goes to another host or user. Throws `bad_request` where a mask was left elsewhere.
 */
export function unmaskSource(
  given: SourceSettings,
  shown: SourceSettings | null,
  resolved: SourceSettings | null,
): SourceSettings {
  const isSamePlace =
    shown !== null && given.target === shown.target && given.redis?.username === shown.redis?.username;
  const target = isSamePlace && resolved ? resolved.target : given.target;
  const { redis } = given;
  const isKept = isSamePlace && redis?.password === shown.redis?.password;
  const password = isKept ? resolved?.redis?.password : redis?.password;
  if (target.includes(mask) || password === mask)
    throw new AppError("bad_request", "The password is kept only while address and user stay as they are.", {
      remedy: "Write it as ${env:NAME} or file:PATH.",
    });
  return { ...given, target, ...(redis && { redis: { ...redis, ...(password !== undefined && { password }) } }) };
}

/** Throws `bad_request` for a secret that is none that the file holds already: none is stored here. */
export function requireReferences({ target, redis }: SourceSettings): void {
  const inAddress = [...target.matchAll(passwordInAddress)].some(
    ([, , password]) => password !== mask && !password?.startsWith("${env:"),
  );
  const password = redis?.password;
  if (!inAddress && (password === undefined || password === mask || isReference(password))) return;
  throw new AppError("bad_request", "A secret is not written into the settings file.", {
    remedy: "Write ${env:NAME} or file:PATH in its place, as redis: password.",
  });
}

/** Without what is a secret itself: references stay. */
export function withoutSecrets({ target, redis, ...rest }: SourceSettings): SourceSettings {
  const { password, ...others } = redis ?? {};
  const kept = password !== undefined && isReference(password) ? { password } : {};
  const masked = target.replaceAll(passwordInAddress, (written, before: string, secret: string) =>
    secret.startsWith("${env:") ? written : `${before}${mask}`,
  );
  return {
    ...rest,
    target: masked.replaceAll(unencodedPassword, `$1${mask}`),
    ...(redis && { redis: { ...others, ...kept } }),
  };
}

/** The text with one source put in or added; what is the same as before, comments included, stays as it is written. */
export function putSource(text: string, of: number | null, given: SourceSettings): string {
  const document = parseDocument(text, { schema: "core" });
  const path = ["sources", of ?? showSources(text).length];
  if (of === null) document.addIn(["sources"], document.createNode(given));
  else {
    if (!isMap(document.getIn(path, true)))
      throw new AppError("unsupported", "This source is written in a way that cannot be edited here.", {
        remedy: "Edit the file by hand.",
      });
    merge(path, showSources(text)[of] ?? {}, given);
  }
  // As the others are written, so that their lines stay.
  return document.toString({ lineWidth: 0, flowCollectionPadding: !/(?<!\$)\{[^\s}]/.test(text) });

  function merge(at: (string | number)[], before: object, after: object): void {
    const [old, now] = [
      new Map<string, unknown>(Object.entries(before)),
      new Map<string, unknown>(Object.entries(after)),
    ];
    for (const name of old.keys()) if (!now.has(name)) document.deleteIn([...at, name]);
    for (const [name, value] of now) {
      const known = old.get(name);
      if (isSection(known) && isSection(value)) merge([...at, name], known, value);
      else if (known !== value) document.setIn([...at, name], isSection(value) ? document.createNode(value) : value);
    }
  }
}

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Puts a new text in place of a file at once: whoever reads it reads the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  const real = realpathSync(path);
  const next = `${real}.trialdeck-${process.pid}`;
  try {
    writeFileSync(next, text, { mode: statSync(real).mode & 0o777, flag: "wx" });
    const handle = openSync(next, "r");
    fsyncSync(handle);
    closeSync(handle);
    renameSync(next, real);
  } catch (cause) {
    rmSync(next, { force: true });
    throw new AppError("forbidden", `${path} cannot be written.`, {
      remedy: "Let the user that runs Trialdeck write the file and its folder, or edit it by hand.",
      cause,
    });
  }
}
