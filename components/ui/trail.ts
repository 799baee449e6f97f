"use client";
import { useEffect } from "react";
import { createStore } from "./store.ts";

export interface TrailPart {
  /** As stored; shown with invisible characters escaped. */
  label: string;
  /** Absent for the last part: that is where one is. */
  href?: string;
}

/** Where the reader is, for the top bar: source ▸ experiment ▸ run. */
export const trail = createStore<readonly TrailPart[]>([]);

/** Says where the page is; the frame shows it in the top bar and in the window's title. */
export function useTrail(parts: readonly TrailPart[]): void {
  const signature = JSON.stringify(parts);
  useEffect(() => trail.set(JSON.parse(signature) as TrailPart[]), [signature]);
}
