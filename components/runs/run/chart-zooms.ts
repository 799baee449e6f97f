import type { Domain } from "../../charts/frame/axes.ts";
import { readList, writeList } from "../../ui/url-state.ts";

/** A thousandth of what is seen is finer than a pixel. */
const DIGITS = 3;

/** The zoomed part of a chart, out of what the address says of all of them (`id:from~to,…`); null: all of x. */
export function readZoom(said: string | null, chart: string): Domain | null {
  const own = readList(said).find((item) => item.startsWith(`${chart}:`));
  const [from = Number.NaN, to = Number.NaN] =
    own
      ?.slice(chart.length + 1)
      .split("~")
      .map(Number) ?? [];
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? [from, to] : null;
}

/** What the address says after a chart was zoomed, or (null) shows everything again. */
export function writeZoom(said: string | null, chart: string, range: Domain | null): string | null {
  const others = readList(said).filter((item) => !item.startsWith(`${chart}:`));
  return writeList(range ? [...others, `${chart}:${tidy(range).join("~")}`] : others);
}

function tidy([from, to]: Domain): [number, number] {
  const decimals = DIGITS - Math.floor(Math.log10(to - from));
  const round = (value: number) => (decimals > 15 ? value : Number(value.toFixed(Math.max(0, decimals))));
  return round(from) < round(to) ? [round(from), round(to)] : [from, to];
}
