import { formatCount, formatPlural } from "../../ui/format.ts";
import type { Domain } from "../frame/axes.ts";
import { formatX } from "./geometry.ts";
import type { Count, LinePicture, Odd } from "./picture.ts";

/** Something to know about what is drawn; with `zoom` it can be looked at closely. */
export interface Remark {
  text: string;
  zoom?: Domain;
}

export const oddWords: Record<Odd["kind"], string> = { nan: "NaN", above: "∞", below: "-∞", notFinite: "not finite" };

/** What the reader must know about what is drawn: reduced, out of sight, left out, not finite. */
export function remarksOf(picture: LinePicture, xName: string): Remark[] {
  const { reduced, outside, dropped, nonFinite, firstOdd } = picture;
  const remarks: Remark[] = [];
  if (reduced)
    remarks.push({
      text: `${formatPlural(reduced.points, "point")} as ${formatCount(reduced.buckets)} min–max buckets`,
    });
  if (outside.least > 0) remarks.push({ text: `${count(outside, "point")} outside` });
  if (dropped.least > 0) remarks.push({ text: `${count(dropped, "value")} ≤ 0 left out` });
  if (nonFinite > 0) remarks.push({ text: `${formatCount(nonFinite)} not finite` });
  if (firstOdd) remarks.push({ text: `first ${tellPlace(firstOdd.odd, picture, xName)}`, zoom: firstOdd.around });
  return remarks;
}

function count({ least, exact }: Count, one: string): string {
  return `${exact ? "" : "at least "}${formatPlural(least, one)}`;
}

function tellPlace({ kind, x, from, to }: Odd, picture: LinePicture, xName: string): string {
  const place = `${from === to ? "at" : "near"} ${picture.xKind === "time" ? "" : `${xName} `}${formatX(x, picture)}`;
  return `${oddWords[kind]} ${place}`;
}
