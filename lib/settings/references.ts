import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";

/** What `${env:NAME}` is taken from. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where a value of the settings file is taken from. */
export interface Reference {
  /** Of the value in the file: `["sources", 0, "redis", "password"]`. */
  at: readonly (string | number)[];
  origin: "environment" | "secret-file";
  /** The variable, or the file. */
  name: string;
}

/** Cannot be followed; `at` says which. */
export class UnresolvedReference extends Error {
  readonly at: readonly (string | number)[];
  readonly remedy: string;

  constructor(at: readonly (string | number)[], message: string, remedy: string) {
    super(message);
    this.at = at;
    this.remedy = remedy;
  }
}

export interface Resolved {
  value: unknown;
  references: Reference[];
  /** What is amiss with files of secrets, in sentences. */
  warnings: string[];
}

const variablePattern = /\$\{env:([^}]*)\}/g;
const filePrefix = "file:";
const largestSecret = 64 * 1024;
/** Names under which a text may be a reference to a file. */
const secretNames: ReadonlySet<string | number> = new Set(["password", "clientSecret"]);

/** Whether a text names a secret instead of holding it. */
export function isReference(text: string): boolean {
  return text.startsWith(filePrefix) || /^\$\{env:[^}]+\}$/.test(text);
}

/**
 * Puts variables in place of `${env:NAME}` in every text, and the content of a file where a secret is `file:PATH`, relative to `baseDir`. Throws
 * `UnresolvedReference`; neither it nor a warning ever holds what was read.
 */
export function resolveReferences(value: unknown, variables: Variables, baseDir: string): Resolved {
  const references: Reference[] = [];
  const warnings: string[] = [];
  const resolveText = (text: string, at: readonly (string | number)[]): string => {
    if (secretNames.has(at.at(-1) ?? "") && text.startsWith(filePrefix)) {
      const path = resolve(baseDir, text.slice(filePrefix.length).replace(/^\/\/(?=\/)/, ""));
      references.push({ at, origin: "secret-file", name: path });
      if (isOpenToAll(path, at)) warnings.push(`${path} may be read by everyone on this machine: chmod 600 ${path}`);
      return readSecret(path, at);
    }
    return text.replaceAll(variablePattern, (written: string, name: string, offset: number) => {
      const found = variables[name];
      if (found === undefined || found === "")
        throw new UnresolvedReference(
          at,
          `the variable ${name} is not set`,
          `Set it where Trialdeck is started, as in: ${name}=… npm start`,
        );
      references.push({ at, origin: "environment", name });
      return isUserInfo(text, offset, written.length) ? encodeURIComponent(found) : found;
    });
  };
  const walk = (part: unknown, at: readonly (string | number)[]): unknown => {
    if (typeof part === "string") return resolveText(part, at);
    if (Array.isArray(part)) return part.map((item, index) => walk(item, [...at, index]));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, walk(item, [...at, name])]));
  };
  return { value: walk(value, []), references, warnings };
}

/** Between `://` and the `@` of an address, where special characters are written as %XX. */
function isUserInfo(text: string, offset: number, length: number): boolean {
  return /:\/\/[^/?#]*$/.test(text.slice(0, offset)) && /^[^/?#]*@/.test(text.slice(offset + length));
}

function isOpenToAll(path: string, at: readonly (string | number)[]): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile())
    throw new UnresolvedReference(at, `there is no file ${path}`, "Write the secret there, or correct the path.");
  if (stat.size > largestSecret)
    throw new UnresolvedReference(
      at,
      `${path} is too large for a secret`,
      "Name the file that holds the secret alone.",
    );
  return (stat.mode & 0o004) !== 0;
}

function readSecret(path: string, at: readonly (string | number)[]): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch {
    throw new UnresolvedReference(at, `${path} cannot be read`, "Let the user that runs Trialdeck read it.");
  }
}
