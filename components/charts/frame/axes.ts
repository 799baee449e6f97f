/** What an axis counts: a plain number, a wall clock (epoch ms) or seconds since the start. */
export type AxisKind = "number" | "time" | "duration";
export type Domain = readonly [number, number];

export interface Axis {
  domain: Domain;
  ticks: number[];
  /** Text of each tick, same order; all of one precision. */
  labels: string[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30].flatMap((n) => [n * SECOND, n * MINUTE]);
const TIME_STEPS = [
  ...CLOCK_STEPS,
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
].sort((a, b) => a - b);

/** The 1–2–5 step that gives at most about `count` steps over `span`. */
export function roundStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  // A hair of room: 0.3 - 0.05 is not quite five times 0.05.
  const unit = rough / power - 1e-9;
  return power * (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10);
}

/** Multiples of `step` within the domain. Computed by index, so that no rounding error adds up. */
function multiples([low, high]: Domain, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)) + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const tick = (first + i) * step;
    return decimals > 15 ? tick : Number(tick.toFixed(decimals));
  });
}

/** Widens a domain to round numbers; a single value gets room around it. */
export function roundDomain([low, high]: Domain, count: number): Domain {
  if (low === high) {
    const room = low === 0 ? 1 : Math.abs(low) * 0.1;
    return roundDomain([low - room, high + room], count);
  }
  const step = roundStep(high - low, count);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** A log domain: whole powers of ten when it spans several, else a little room. Both ends must be positive. */
export function roundLogDomain([low, high]: Domain): Domain {
  if (high / low > 30) return [10 ** Math.floor(Math.log10(low) + 1e-9), 10 ** Math.ceil(Math.log10(high) - 1e-9)];
  const room = (high / low) ** 0.05 || 1;
  return low === high ? [low / 2, high * 2] : [low / room, high * room];
}

/** Round ticks on a linear axis. */
export function numberAxis(domain: Domain, count: number, wholeNumbers = false): Axis {
  const span = domain[1] - domain[0];
  if (!(span > 0)) return { domain, ticks: [domain[0]], labels: [formatTick(domain[0], Math.abs(domain[0]) || 1)] };
  const step = Math.max(roundStep(span, count), wholeNumbers ? 1 : 0);
  const ticks = multiples(domain, step);
  return { domain, ticks, labels: ticks.map((tick) => formatTick(tick, step)) };
}

/** Ticks at powers of ten, thinned to `count`; a narrow domain falls back to round linear ticks. */
export function logAxis(domain: Domain, count: number): Axis {
  const first = Math.ceil(Math.log10(domain[0]) - 1e-9);
  const last = Math.floor(Math.log10(domain[1]) + 1e-9);
  if (last - first < 1) {
    const axis = numberAxis(domain, count);
    const positive = axis.ticks.flatMap((tick, i) => (tick > 0 ? [{ tick, label: axis.labels[i] as string }] : []));
    return { domain, ticks: positive.map(({ tick }) => tick), labels: positive.map(({ label }) => label) };
  }
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, count)));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += stride) ticks.push(10 ** power);
  return { domain, ticks, labels: ticks.map((tick) => formatTick(tick, tick)) };
}

/** Ticks at round local clock times. */
export function timeAxis(domain: Domain, count: number): Axis {
  const span = domain[1] - domain[0];
  const step = TIME_STEPS.find((candidate) => span / candidate <= count) ?? 365 * DAY;
  const offset = new Date(domain[0]).getTimezoneOffset() * MINUTE;
  const ticks = multiples([domain[0] - offset, domain[1] - offset], step).map((tick) => tick + offset);
  return { domain, ticks, labels: ticks.map((tick) => formatClock(tick, step)) };
}

/** Ticks at round durations; values are seconds. */
export function durationAxis(domain: Domain, count: number): Axis {
  const span = domain[1] - domain[0];
  if (span <= 5) {
    const axis = numberAxis(domain, count);
    return { ...axis, labels: axis.labels.map((label) => (label === "0" ? "0" : `${label} s`)) };
  }
  const step =
    (TIME_STEPS.find((candidate) => (span * 1000) / candidate <= count) ?? roundStep(span, count) * 1000) / 1000;
  const ticks = multiples(domain, step);
  return { domain, ticks, labels: ticks.map((tick) => formatSpan(tick, step)) };
}

export function axisOf(kind: AxisKind, domain: Domain, count: number, wholeNumbers = false): Axis {
  if (kind === "time") return timeAxis(domain, count);
  if (kind === "duration") return durationAxis(domain, count);
  return numberAxis(domain, count, wholeNumbers);
}

/** A tick's number with the decimals its step needs: `0.05`, `1.5k`, `2M`, `3e-7`. */
export function formatTick(value: number, step: number): string {
  if (value === 0) return "0";
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e15 || size < 1e-4) return trimExponent(value.toExponential(digitsBetween(value, step)));
  for (const [scale, suffix] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (size < scale) continue;
    const unit = suffix === "k" ? 1e3 : scale;
    return `${trimZeros((value / unit).toFixed(decimalsOf(step / unit)))}${suffix}`;
  }
  return value.toFixed(decimalsOf(step));
}

function digitsBetween(value: number, step: number): number {
  return Math.min(6, Math.max(0, Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step) + 1e-9)));
}
function decimalsOf(step: number): number {
  return Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}
function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
function trimExponent(text: string): string {
  return text.replace(/\.?0*e/, "e").replace("e+", "e");
}

function formatClock(at: number, step: number): string {
  const date = new Date(at);
  if (step >= 300 * DAY) return String(date.getFullYear());
  if (step >= DAY || (date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0)) {
    return date.toLocaleDateString(undefined, { month: "short", day: "numeric" });
  }
  return date.toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(step < MINUTE ? { second: "2-digit" } : {}),
  });
}

function formatSpan(seconds: number, step: number): string {
  if (seconds === 0) return "0";
  const sign = seconds < 0 ? "−" : "";
  const whole = Math.abs(seconds);
  if (step >= 86_400) return `${sign}${trimZeros((whole / 86_400).toFixed(1))} d`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const parts = [
    hours > 0 ? `${hours} h` : "",
    minutes > 0 ? `${minutes} m` : "",
    rest > 0 ? `${trimZeros(rest.toFixed(2))} s` : "",
  ];
  return sign + parts.filter(Boolean).join(" ");
}
