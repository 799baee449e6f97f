import { useLayoutEffect, useState } from "react";

const loaded = new WeakMap<() => Promise<unknown>, unknown>();

/** Brings what `useLoaded` will ask for. A failure is left to whoever asks. */
export function loadAhead(load: () => Promise<unknown>): void {
  load().then(
    (answer) => loaded.set(load, answer),
    () => undefined,
  );
}

/**
 * What `load` brings (a constant function, which imports code), null while it is on the way. Other than with `lazy` nothing is suspended: React
 * keeps a fallback that it has shown for 300 ms, also when the code comes at once. A failure is thrown to the nearest boundary.
 */
export function useLoaded<Loaded>(load: () => Promise<Loaded>): Loaded | null {
  const [, setFailure] = useState<null>(null);
  const [, setArrived] = useState<unknown>(null);
  useLayoutEffect(() => {
    if (loaded.has(load)) return;
    const fail = (error: unknown) =>
      setFailure(() => {
        throw error;
      });
    load().then((answer) => {
      loaded.set(load, answer);
      setArrived(() => load);
    }, fail);
  }, [load]);
  return (loaded.get(load) as Loaded | undefined) ?? null;
}
