import { type Axis, durationAxis, numberAxis } from "../frame/axes.ts";

/** One bar's worth: amounts that are laid on one another, in the order of the parts. */
export interface BarGroup {
  key: string;
  label: string;
  amounts: readonly number[];
}

export interface Bar {
  /** Of the groups that it stands for, the first; where each has a bar of its own there is but one. */
  key: string;
  label: string;
  groups: number;
  amounts: number[];
  /** The first part of the whole; `null`: there is nothing. */
  share: number | null;
  x: number;
  width: number;
  /** From the ground up, in pixels of the plot. */
  segments: { y: number; height: number }[];
}

export interface BarsPicture {
  bars: Bar[];
  axis: Axis;
  /** Groups a bar stands for. */
  folded: number;
  height: number;
}

export interface BarsRoom {
  width: number;
  height: number;
  kind: "count" | "duration";
}

/** A bar with its gap is never narrower. */
const narrowest = 4;
const widest = 40;

/** Bars side by side; where there is no room for each, neighbours are added up, and the picture says how many. */
export function prepareBars(groups: readonly BarGroup[], { width, height, kind }: BarsRoom): BarsPicture {
  const room = Math.max(1, Math.floor(width / narrowest));
  const folded = Math.max(1, Math.ceil(groups.length / room));
  const merged = foldGroups(groups, folded);
  const sums = merged.map(({ amounts }) => amounts.reduce((sum, amount) => sum + amount, 0));
  const most = Math.max(0, ...sums);
  const domain = [0, most > 0 ? most : 1] as const;
  const axis = kind === "duration" ? durationAxis(domain, 4) : numberAxis(domain, 4, true);
  const pitch = Math.min(widest, width / Math.max(1, merged.length));
  const bars = merged.map((group, index) => {
    let top = height;
    const segments = group.amounts.map((amount) => {
      const size = (amount / domain[1]) * height;
      top -= size;
      return { y: top, height: size };
    });
    const whole = sums[index]!;
    const share = whole > 0 ? (group.amounts[0] ?? 0) / whole : null;
    return { ...group, share, x: index * pitch, width: Math.max(1, pitch - (pitch > 6 ? 2 : 1)), segments };
  });
  return { bars, axis, folded, height };
}

function foldGroups(groups: readonly BarGroup[], size: number): Pick<Bar, "key" | "label" | "groups" | "amounts">[] {
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, index) => {
    const some = groups.slice(index * size, (index + 1) * size);
    const [first, last] = [some[0]!, some.at(-1)!];
    return {
      key: first.key,
      label: some.length === 1 ? first.label : `${first.label} to ${last.label}`,
      groups: some.length,
      amounts: first.amounts.map((_, part) => some.reduce((sum, group) => sum + (group.amounts[part] ?? 0), 0)),
    };
  });
}

/** The place of a group among the bars; `null`: it is in none. */
export function barOf({ bars, folded }: BarsPicture, groups: readonly BarGroup[], key: string | null): Bar | null {
  const index = groups.findIndex((group) => group.key === key);
  return index < 0 ? null : (bars[Math.floor(index / folded)] ?? null);
}
