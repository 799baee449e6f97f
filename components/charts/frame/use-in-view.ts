import { type RefObject, useEffect, useState } from "react";

/** `seen` turns true once the element has come near the window and stays; `near` follows it in and out. */
export function useInView(ref: RefObject<HTMLElement | null>, margin = "300px"): { seen: boolean; near: boolean } {
  const [state, setState] = useState({ seen: false, near: false });
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const near = entries.at(-1)?.isIntersecting ?? false;
        setState((current) => (current.near === near ? current : { seen: current.seen || near, near }));
      },
      // A margin counts for the root alone: what scrolls inside of the window would cut it off.
      { root: scrollerOf(element), rootMargin: margin },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, margin]);
  return state;
}

/** What the element is scrolled in; null: the window. */
function scrollerOf(element: Element): Element | null {
  for (let above = element.parentElement; above && above !== document.body; above = above.parentElement)
    if (/auto|scroll/.test(getComputedStyle(above).overflowY)) return above;
  return null;
}
