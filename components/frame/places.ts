import {
  Archive,
  Database,
  History,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  SlidersHorizontal,
} from "lucide-react";

/** The pages of the rail, in order. `key` goes there after `g`. */
export const places: readonly { href: string; label: string; key: string; picture: LucideIcon }[] = [
  { href: "/", label: "Overview", key: "o", picture: LayoutDashboard },
  { href: "/runs", label: "Runs", key: "r", picture: ListTree },
  { href: "/cache", label: "Cache", key: "c", picture: Database },
  { href: "/artifacts", label: "Artifacts", key: "a", picture: Archive },
  { href: "/operations", label: "Operations", key: "p", picture: History },
  { href: "/config", label: "Config", key: "s", picture: SlidersHorizontal },
];

/** Whether `path` is the place or below it. */
export function isWithin(path: string, href: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}
