"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type UrlChange = Record<string, string | null>;

/**
 * State that lives in the address: reload, copy-link and back restore it. `change` sets and removes (null, "") several names at once;
 * with `push` the change becomes a step of the back button.
 */
export function useUrlState(): {
  get(name: string): string | null;
  change(changes: UrlChange, how?: "replace" | "push"): void;
} {
  const params = useSearchParams();
  const pathname = usePathname();
  const get = useCallback((name: string) => params.get(name), [params]);
  const change = useCallback(
    (changes: UrlChange, how: "replace" | "push" = "replace") => {
      const search = applyUrlChange(window.location.search, changes);
      if (search === window.location.search.replace(/^\?/, "")) return;
      const url = search ? `${pathname}?${search}` : pathname;
      if (how === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [pathname],
  );
  return { get, change };
}

/** The search part (without `?`) after the changes; names that are not mentioned keep their value and place. */
export function applyUrlChange(search: string, changes: UrlChange): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  return params.toString();
}

/** A list in one URL value. Commas and backslashes inside an item are escaped, so any item survives the way there and back. */
export function writeList(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.map((item) => item.replace(/[\\,]/g, "\\$&")).join(",");
}
export function readList(value: string | null): string[] {
  if (!value) return [];
  return [...value.matchAll(/(?:\\.|[^,\\])+/gs)].map(([item]) => item.replace(/\\(.)/gs, "$1"));
}
