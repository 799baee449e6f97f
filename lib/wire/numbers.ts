const spelled = new Map<unknown, number>([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** JSON with the numbers that JSON cannot hold spelled as text, and integers beyond 2^53 as decimal strings. */
export function toWireJson(body: unknown): string {
  return needsSpelling(body) ? JSON.stringify(body, spellNumber) : JSON.stringify(body);
}

/** Most answers hold no such number, and with a replacer JSON takes twice the time. */
function needsSpelling(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  if (Array.isArray(value)) return value.some(needsSpelling);
  for (const name in value) if (needsSpelling((value as Record<string, unknown>)[name])) return true;
  return false;
}

function spellNumber(_name: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint") return value.toString();
  return value;
}

/** The number that a wire value stands for; a decimal string beyond 2^53 loses its last digits here, so show the string itself. */
export function reviveNumber(value: number | string | null): number | null {
  if (value === null || typeof value === "number") return value;
  return spelled.get(value) ?? Number(value);
}
