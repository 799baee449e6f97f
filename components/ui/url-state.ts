"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useRef } from "react";
import { createStore, useStore } from "./store.ts";

export type UrlChange = Record<string, string | null>;

/**
 * What the address is about to say. Browsers refuse more than some 100 changes of it in half a minute, so what follows a change at
 * once is gathered; a change by itself is written right away, since a reader may reload or copy the address after it.
 */
interface Waiting {
  pathname: string;
  search: string;
  written: boolean;
}
const waiting = createStore<Waiting | null>(null);
const gatherFor = 150;
let timer: ReturnType<typeof setTimeout> | undefined;
let changedAt = Number.NEGATIVE_INFINITY;

/**
 * State that lives in the address: reload, copy-link and back restore it. `change` sets and removes (null, "") several names at once
 * and is seen at once; with `push` the change becomes a step of the back button.
 */
export function useUrlState(): {
  get(name: string): string | null;
  change(changes: UrlChange, how?: "replace" | "push"): void;
} {
  const params = useSearchParams();
  const pathname = usePathname();
  const ahead = useStore(waiting);
  const search = ahead?.pathname === pathname ? ahead.search : params.toString();
  const seen = useRef(params);
  useEffect(() => {
    if (seen.current === params) return;
    seen.current = params;
    waiting.set((current) => (current?.written ? null : current));
  }, [params]);
  const get = useCallback((name: string) => new URLSearchParams(search).get(name), [search]);
  const change = useCallback(
    (changes: UrlChange, how: "replace" | "push" = "replace") => {
      const current = waiting.get();
      const from = current?.pathname === pathname ? current.search : window.location.search.replace(/^\?/, "");
      const next = applyUrlChange(from, changes);
      if (next === from) return;
      clearTimeout(timer);
      if (how === "push") writeAddress("replace");
      waiting.set({ pathname, search: next, written: false });
      const alone = performance.now() - changedAt > gatherFor;
      changedAt = performance.now();
      if (how === "push" || alone) writeAddress(how);
      else timer = setTimeout(writeAddress, gatherFor, how);
    },
    [pathname],
  );
  return { get, change };
}

function writeAddress(how: "replace" | "push"): void {
  const ahead = waiting.get();
  if (!ahead || ahead.written || ahead.pathname !== window.location.pathname) return;
  waiting.set({ ...ahead, written: true });
  const url = ahead.search ? `${ahead.pathname}?${ahead.search}` : ahead.pathname;
  if (how === "push") window.history.pushState(null, "", url);
  else window.history.replaceState(null, "", url);
}

/** Whoever presses something or Enter may leave for another page; an address written after that would call the reader back. */
function writeBeforeLeaving(event: Event): void {
  if (event instanceof KeyboardEvent && event.key !== "Enter") return;
  clearTimeout(timer);
  writeAddress("replace");
}
if (typeof document !== "undefined") {
  document.addEventListener("click", writeBeforeLeaving, true);
  document.addEventListener("keydown", writeBeforeLeaving, true);
}

/** The search part (without `?`) after the changes; names that are not mentioned keep their value and place. */
export function applyUrlChange(search: string, changes: UrlChange): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  // These may stand in a query as they are (RFC 3986, section 3.4); as escapes they make an address nobody can read.
  return params.toString().replace(/%(2C|3A|2F|7E)/g, decodeURIComponent);
}

/** A list in one URL value. Commas and backslashes inside an item are escaped, so any item survives the way there and back. */
export function writeList(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.map((item) => item.replace(/[\\,]/g, "\\$&")).join(",");
}
export function readList(value: string | null): string[] {
  if (!value) return [];
  return [...value.matchAll(/(?:\\.|[^,\\])+/gs)].map(([item]) => item.replace(/\\(.)/gs, "$1"));
}
