"use client";
import { createContext, type ReactNode, useContext, useState } from "react";
import { createStore, type Store } from "../../ui/store.ts";

/** Where the reader points: an x in the units of `axis`, so that only charts over the same axis follow. */
export interface Crosshair {
  axis: string;
  x: number;
  /** The chart that is pointed at; the others follow. */
  chart: string;
}

const CrosshairContext = createContext<Store<Crosshair | null> | null>(null);

/** Charts inside share one crosshair. */
export function CrosshairProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => createStore<Crosshair | null>(null));
  return <CrosshairContext value={store}>{children}</CrosshairContext>;
}

/** The page's crosshair, or the caller's own where no page shares one. */
export function useCrosshair(): Store<Crosshair | null> {
  const [own] = useState(() => createStore<Crosshair | null>(null));
  return useContext(CrosshairContext) ?? own;
}
