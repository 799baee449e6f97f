"use client";
import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

const coarse = 100;

/** Which part of a box is in sight sideways, coarse enough that scrolling does not draw the table again at each pixel. */
export function useScrollView(box: RefObject<HTMLElement | null>): { left: number; width: number; follow(): void } {
  const [view, setView] = useState({ left: 0, width: 0 });
  const follow = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const { scrollLeft: left, clientWidth: width } = element;
    setView((current) =>
      Math.abs(current.left - left) < coarse && current.width === width ? current : { left, width },
    );
  }, [box]);
  useLayoutEffect(() => {
    if (!box.current) return;
    follow();
    const watch = new ResizeObserver(follow);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [box, follow]);
  return { ...view, follow };
}
