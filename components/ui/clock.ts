import { useSyncExternalStore } from "react";

/** One timer for every relative time on the page, and none while nothing shows one or the page is hidden. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(tick, 5000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now in epoch milliseconds, kept fresh to about five seconds. Changes make the caller render again only where `derive` differs. */
export function useNow<Derived>(derive: (now: number) => Derived): Derived {
  return useSyncExternalStore(
    subscribe,
    () => derive(now),
    () => derive(now),
  );
}
