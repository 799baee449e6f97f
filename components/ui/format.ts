/** The one place that decides how a number, a size, a duration and a time look. All functions are pure. */

/** What stands for a value that was not recorded. */
export const missing = "–";

const defaultDigits = 4;
const mostDecimals = 8;

/** A measured number with `digits` significant digits: `0.004508`, `12346`, `4.508e-5`, `NaN`, `∞`. */
export function formatNumber(value: number | null | undefined, digits = defaultDigits): string {
  if (value === null || value === undefined) return missing;
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return String(value);
  if (size >= 1e6 || size < 1e-4) return shortenExponent(value.toExponential(digits - 1));
  const whole = Math.floor(Math.log10(size)) + 1;
  return value.toFixed(Math.min(20, Math.max(0, digits - whole)));
}

/**
 * A formatter for one column of measured numbers: the same number of decimals in each row, so that points align, and as many as
 * are needed to tell different rows apart. Columns that span more than four orders of magnitude get significant digits instead.
 */
export function columnFormatter(values: readonly (number | null)[]): (value: number | null) => string {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (finite.every(Number.isInteger)) return formatNumber;
  const sizes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  const different = new Set(finite).size;
  if (largest >= 1e6 || smallest < 1e-4 || largest / smallest > 1e4) {
    let digits = defaultDigits;
    while (digits < mostDecimals && distinct(finite, (value) => formatNumber(value, digits)) < different) digits += 1;
    return (value) => formatNumber(value, digits);
  }
  const forSmallest = defaultDigits - 1 - Math.floor(Math.log10(smallest));
  const roomLeft = mostDecimals - 1 - Math.floor(Math.log10(largest));
  let decimals = Math.max(0, Math.min(forSmallest, roomLeft));
  while (decimals < mostDecimals && distinct(finite, (value) => value.toFixed(decimals)) < different) decimals += 1;
  return (value) => (value !== null && Number.isFinite(value) ? value.toFixed(decimals) : formatNumber(value));
}

function distinct(values: readonly number[], format: (value: number) => string): number {
  return new Set(values.map(format)).size;
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "∞" : "-∞";
}

function shortenExponent(text: string): string {
  return text.replace("e+", "e");
}

/** A count of things: `12,345`. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `1 run`, `3 runs`, `2 entries`. */
export function formatPlural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A size in IEC units: `512 B`, `1.1 MiB`, `240 KiB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return missing;
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 1023.5 && unit < binaryUnits.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const text = unit === 0 || size >= 99.95 ? String(Math.round(size)) : size.toFixed(1);
  return `${bytes < 0 ? "-" : ""}${text} ${binaryUnits[unit]}`;
}

/** A duration: `180 ms`, `3.26 s`, `12 m 5 s`, `1 h 12 m`, `3 d 4 h`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return missing;
  if (!Number.isFinite(seconds)) return formatNonFinite(seconds);
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds === 0) return "0 s";
  if (seconds < 0.9995)
    return seconds < 0.001 ? `${formatNumber(seconds * 1000, 2)} ms` : `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return twoUnits(whole, 60, "m", 1, "s");
  if (whole < 86_400) return twoUnits(whole, 3600, "h", 60, "m");
  return twoUnits(whole, 86_400, "d", 3600, "h");
}

/** How often something happens, in whole seconds: `every 40 s`, `every 2 m`. */
export function formatEvery(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return `every ${whole < 60 ? `${whole} s` : formatDuration(whole)}`;
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rounded = Math.round(seconds / small) * small;
  const rest = Math.floor((rounded % large) / small);
  const head = `${Math.floor(rounded / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

const ages = [
  { from: 365 * 86_400, unit: "y" },
  { from: 60 * 86_400, size: 30.44 * 86_400, unit: "mo" },
  { from: 86_400, unit: "d" },
  { from: 3600, unit: "h" },
  { from: 60, unit: "m" },
  { from: 1, unit: "s" },
] as const;

/** A time seen from `now` (both epoch milliseconds): `just now`, `12 s ago`, `2 h ago`, `in 3 d`. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return "just now";
  const age = ages.find(({ from }) => distance >= from) ?? ages[5];
  const text = `${Math.floor(distance / ("size" in age ? age.size : age.from))} ${age.unit}`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** A time in the reader's zone, with the zone: `2026-11-20 23:33:25 UTC`. */
export function formatAbsolute(at: number, timeZone?: string): string {
  const parts = zonedFormat(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}

const zonedFormats = new Map<string | undefined, Intl.DateTimeFormat>();

/** Making one takes far longer than using it, and a table uses it in each row. */
function zonedFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = zonedFormats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    timeZone,
  });
  zonedFormats.set(timeZone, made);
  return made;
}

/** A share between 0 and 1: `57 %`; what is not quite all or nothing never reads as 100 % or 0 %. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return missing;
  const percent = Math.round(share * 100);
  if (percent === 0 && share > 0) return "< 1 %";
  if (percent === 100 && share < 1) return "> 99 %";
  return `${percent} %`;
}

/** Any stored value (a param, a tag) in one line, as stored: strings bare, everything else as JSON. */
export function formatPlain(value: unknown): string {
  if (value === null || value === undefined) return missing;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return JSON.stringify(value);
}
