import { useSyncExternalStore } from "react";

/** What a canvas must be painted anew for, although no data changed: the theme and the pixel density. */
export function usePaintContext(): string {
  return useSyncExternalStore(subscribe, read, () => "");
}

function read(): string {
  return `${document.documentElement.dataset.theme ?? ""} ${devicePixelRatio}`;
}

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  window.addEventListener("resize", listener);
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", listener);
  };
}

/** Gives a canvas its size in device pixels and a context whose unit is the CSS pixel, cleared. */
export function openCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

/** Reads CSS variables once each: `var(--run-3)` → `#b2266f`. */
export function colourReader(element: Element): (colour: string) => string {
  const style = getComputedStyle(element);
  const known = new Map<string, string>();
  return (colour) => {
    const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1];
    if (!name) return colour;
    const value = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, value);
    return value || "currentcolor";
  };
}
