import type { FilterValue } from "./ast.ts";
import { comparedValue } from "./compared-value.ts";
import type { FieldType } from "./fields.ts";

const secondsOf: Record<string, number> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_557_600,
};
const bytesOf: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

/** What to write where a value of this type stands; said in error messages and completion. */
export const literalHints: Record<FieldType, string> = {
  text: "a text, quoted if it holds blanks",
  value: "a number or a text, quoted if it holds blanks",
  moment: "a date such as 2026-11-20 or 2026-11-20T09:30Z",
  elapsed: "a duration such as 90s, 36h or 7d",
  size: "a size such as 500KB or 1MiB",
  number: "a number",
};

/** Reads a literal as its field's type wants it; `null` when it is none. */
export function readLiteral(text: string, type: FieldType): FilterValue | null {
  switch (type) {
    case "text":
      return { type: "text", text };
    case "value":
      return comparedValue(text);
    case "moment":
      return readMoment(text);
    case "elapsed":
      return readQuantity(text, secondsOf, isZero);
    case "size":
      return readQuantity(text, bytesOf);
    case "number":
      return readQuantity(text, {});
  }
}

/** Nobody can tell which unit a bare duration is in, unless it is none. */
const isZero = (bare: number) => bare === 0;

/** `90`, `90s`, `1h30m`, `1.5 GiB`: amounts with units, added up; a bare number, where it may stand, counts in the base unit. */
function readQuantity(
  text: string,
  units: Record<string, number>,
  mayBeBare: (bare: number) => boolean = () => true,
): FilterValue | null {
  if (/^nan$/i.test(text)) return { type: "nan" };
  if (/^-?inf(inity)?$/i.test(text)) return numberValue(text.startsWith("-") ? -Infinity : Infinity, text);
  const bare = Number(text);
  if (text.trim() !== "" && /^[-+.\deE]+$/.test(text) && Number.isFinite(bare)) {
    return mayBeBare(bare) ? numberValue(bare, text) : null;
  }
  const part = /\s*(\d+(?:\.\d+)?)\s*([a-z]+)/giy;
  let total = 0;
  let end = 0;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    const unit = match[2]!.toLowerCase();
    if (!Object.hasOwn(units, unit)) return null;
    total += Number(match[1]) * units[unit]!;
    end = part.lastIndex;
  }
  return end === text.length && end > 0 ? numberValue(total, text) : null;
}

function numberValue(value: number, text: string): FilterValue {
  return { type: "number", value, exact: null, text };
}

const dateForm =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/i;

/** ISO 8601, from a year to fractions of a second; without a zone it is UTC. It stands for the whole unit written last. */
function readMoment(text: string): FilterValue | null {
  const found = dateForm.exec(text);
  if (!found) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const numbers = [year, month ?? 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0].map(Number);
  const [y, mo, d, h, mi, s] = numbers as [number, number, number, number, number, number];
  const whole = Date.UTC(y, mo - 1, d, h, mi, s);
  if (mo < 1 || mo > 12 || new Date(Date.UTC(y, mo - 1, d)).getUTCDate() !== d || h > 24 || mi > 59 || s > 60)
    return null;
  const millis = fraction ? Number(`0.${fraction}`) * 1000 : 0;
  const from = whole + millis - zoneMillis(zone);
  const next = () => {
    if (fraction) return from + 1000 / 10 ** fraction.length;
    if (second) return from + 1000;
    if (minute) return from + 60_000;
    if (hour) return from + 3_600_000;
    if (day) return from + 86_400_000;
    return month ? Date.UTC(y, mo, 1) : Date.UTC(y + 1, 0, 1);
  };
  return { type: "moment", from, to: next() };
}

function zoneMillis(zone: string | undefined): number {
  if (!zone || zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}
