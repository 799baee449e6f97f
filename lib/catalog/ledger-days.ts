import { ledgerAges } from "../domain/ledger-ages.ts";

/** Milliseconds of a day; the days of the ledger are those of UTC, since 1970. */
export const dayMillis = 86_400_000;
/** The calendar ends this many milliseconds before and after 1970. */
export const calendarEnd = 8.64e15;
/** Stands for what has no recorded time, or one that no calendar holds. */
export const undatedDay = -1_000_000_000;
/** Stands for all days in a list of days. */
export const everyDay = -2_000_000_000;

/** The UTC day of a time. */
export function dayOf(millis: number | null): number {
  return millis === null || !(Math.abs(millis) <= calendarEnd) ? undatedDay : Math.floor(millis / dayMillis);
}

/** `2026-11-20`; `null` for what has no recorded time. */
export function isoDayOf(day: number): string | null {
  return day === undatedDay ? null : new Date(day * dayMillis).toISOString().slice(0, 10);
}

/** The age of what was made on a day. */
export function ageOfDay(day: number | null, now: number): string | null {
  if (day === null || day === undatedDay) return null;
  const days = dayOf(now) - day;
  return ledgerAges.find((age) => days < age.days)?.name ?? null;
}
