"use client";
import { type RefObject, useCallback, useLayoutEffect } from "react";

/**
 * Brings a box back to where it was scrolled when the reader returns to this entry of the window's history, by Back or by reload, as the
 * browser does for the page itself. Answers what to call on each scroll. `name` tells several boxes of a page apart.
 */
export function useKeptScroll(box: RefObject<HTMLElement | null>, name: string): () => void {
  useLayoutEffect(() => {
    const place = placeName(name);
    const kept = place && sessionStorage.getItem(place);
    if (!kept) return;
    const [left = 0, top = 0] = JSON.parse(kept) as number[];
    box.current?.scrollTo(left, top);
  }, [box, name]);
  return useCallback(() => {
    const place = placeName(name);
    if (!place || !box.current) return;
    sessionStorage.setItem(place, JSON.stringify([box.current.scrollLeft, box.current.scrollTop]));
  }, [box, name]);
}

/** The key of a history entry stays when its address is replaced. A browser without the Navigation API has none, so there nothing is kept. */
function placeName(name: string): string | null {
  const { navigation } = window as { navigation?: { currentEntry: { key: string } | null } };
  const key = navigation?.currentEntry?.key;
  return key ? `trialdeck.scroll ${key} ${name}` : null;
}
