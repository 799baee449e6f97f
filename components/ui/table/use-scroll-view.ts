"use client";
import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

const coarse = 100;

export interface ScrollView {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Which part of a box is in sight, coarse enough that scrolling does not draw the table again at each pixel. */
export function useScrollView(box: RefObject<HTMLElement | null>): ScrollView & { follow(): void } {
  const [view, setView] = useState<ScrollView>({ left: 0, top: 0, width: 0, height: 0 });
  const follow = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = element;
    setView((current) => {
      const stays = Math.abs(current.left - left) < coarse && Math.abs(current.top - top) < coarse;
      return stays && current.width === width && current.height === height ? current : { left, top, width, height };
    });
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
