/**
 * Puts a floating element (position fixed) under an anchor, above it where there is more room, and inside the window.
 * Measures once, when it opens; sets styles through the DOM, which a strict style policy allows.
 */
export function placeBeside(
  floating: HTMLElement,
  anchor: DOMRect,
  align: "start" | "end" | "center" = "start",
  gap = 4,
): void {
  const { width, height } = floating.getBoundingClientRect();
  const room = { right: document.documentElement.clientWidth, bottom: document.documentElement.clientHeight };
  const below = room.bottom - anchor.bottom - gap;
  const above = anchor.top - gap;
  const onTop = below < height && above > below;
  const wished =
    align === "start"
      ? anchor.left
      : align === "end"
        ? anchor.right - width
        : anchor.left + anchor.width / 2 - width / 2;
  floating.style.left = `${Math.max(4, Math.min(wished, room.right - width - 4))}px`;
  floating.style.top = onTop ? `${Math.max(4, anchor.top - gap - height)}px` : `${anchor.bottom + gap}px`;
  floating.style.maxHeight = `${Math.max(120, (onTop ? above : below) - 8)}px`;
}
