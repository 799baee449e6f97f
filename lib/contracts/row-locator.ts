import { AppError } from "../domain/errors.ts";

/** A row by the columns that make it the only one. */
export interface RowPlace {
  table: string;
  key: Record<string, string | number>;
}

/** A row's locator: names and values as they are, whatever they hold. */
export function rowLocator({ table, key }: RowPlace): string {
  return JSON.stringify([table, key]);
}

/** Reads a row's locator; throws `bad_request` for anything else. */
export function parseRowLocator(locator: string): RowPlace {
  const parsed = parseJson(locator);
  const [table, key] = Array.isArray(parsed) ? parsed : [];
  const isKey = typeof key === "object" && key !== null && !Array.isArray(key) && Object.values(key).every(isKeyValue);
  if (typeof table === "string" && isKey && Object.keys(key).length > 0) return { table, key };
  throw new AppError("bad_request", "sql: this is no locator of a row", {
    remedy: "Ask for the row by table and key columns.",
  });
}

function isKeyValue(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
