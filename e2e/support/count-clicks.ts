import type { Page } from "playwright/test";

const name = "clicks";

/** Counts the presses of a page's reader from now on, over all pages that they open in this window. Call it before the first one is opened. */
export async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript((key) => {
    addEventListener(
      "pointerdown",
      () => sessionStorage.setItem(key, String(Number(sessionStorage.getItem(key) ?? 0) + 1)),
      true,
    );
  }, name);
  return () => page.evaluate((key) => Number(sessionStorage.getItem(key) ?? 0), name);
}
