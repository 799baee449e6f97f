"use client";
import { useEffect, useRef } from "react";
import { placeBeside } from "./place-beside.ts";

const openAfter = 350;

/**
 * The one tooltip of the page. Any element with `data-tip="words"` gets it on hover and on focus; Esc hides it. One listener for the
 * whole page, so that thousands of cells may have one at no cost. Words that a control cannot do without belong in `aria-label` too.
 */
export function TooltipLayer() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tip = ref.current;
    if (!tip) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let owner: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      if (owner?.getAttribute("aria-describedby") === tip.id) owner.removeAttribute("aria-describedby");
      owner = null;
      if (tip.matches(":popover-open")) tip.hidePopover();
    };
    const show = (target: Element) => {
      const words = target.getAttribute("data-tip");
      if (!words || !target.isConnected) return;
      tip.textContent = words;
      tip.showPopover();
      placeBeside(tip, target.getBoundingClientRect(), "center", 6);
      if (target.getAttribute("aria-label") !== words && !target.hasAttribute("aria-describedby")) {
        target.setAttribute("aria-describedby", tip.id);
      }
    };
    const onEnter = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
      if (target === owner || (event.target instanceof Node && tip.contains(event.target))) return;
      hide();
      if (!target || (event.type === "focusin" && !target.matches(":focus-visible"))) return;
      owner = target;
      timer = setTimeout(() => show(target), event.type === "focusin" ? 0 : openAfter);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    const listeners: [string, (event: never) => void][] = [
      ["pointerover", onEnter],
      ["focusin", onEnter],
      ["focusout", hide],
      ["pointerdown", hide],
      ["wheel", hide],
      ["keydown", onKey],
    ];
    for (const [name, listener] of listeners)
      document.addEventListener(name, listener as EventListener, { passive: true });
    return () => {
      for (const [name, listener] of listeners) document.removeEventListener(name, listener as EventListener);
      clearTimeout(timer);
    };
  }, []);
  return (
    <div
      ref={ref}
      id="tooltip"
      role="tooltip"
      popover="manual"
      className="fixed inset-auto m-0 max-w-[min(32rem,calc(100vw-1rem))] rounded-sm border border-line bg-floating px-2 py-1 text-label break-words whitespace-pre-wrap shadow-float"
    />
  );
}
