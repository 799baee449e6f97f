import type { PlainValue } from "../../domain/values.ts";
import { isSecretName, maskedValue } from "./mask-secrets.ts";

const longestText = 1_000;

/** A mapping of a config. */
export type Section = Record<string, PlainValue>;

export function isSection(value: PlainValue | undefined): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function section(value: PlainValue | undefined): Section {
  return isSection(value) ? value : {};
}

export function list(value: PlainValue | undefined): PlainValue[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: PlainValue | undefined): string | null {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}

export function isSet(value: PlainValue | undefined): boolean {
  return value !== undefined && value !== null;
}

/** Cuts long texts and masks what is named like a secret. */
export function tidySection(values: Section): Section {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      cutText(name),
      isSecretName(name) && isSet(value) ? maskedValue : tidyValue(value),
    ]),
  );
}

function tidyValue(value: PlainValue): PlainValue {
  if (typeof value === "string") return cutText(value);
  if (Array.isArray(value)) return value.slice(0, longestText).map(tidyValue);
  return isSection(value) ? tidySection(value) : value;
}

function cutText(value: string): string {
  return value.length <= longestText ? value : `${value.slice(0, longestText)}… (${value.length} characters)`;
}
