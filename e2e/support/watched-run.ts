import { expect, type Page } from "playwright/test";

/** How many rounds of the fit the chart on the run's page shows: `tide-lab` logs the number of each round as `round`. */
export async function roundsOnPage(page: Page): Promise<number> {
  const words = await page.getByRole("region", { name: /round$/ }).textContent();
  return Number(/Last value\s*([\d,]+)/.exec(words ?? "")?.[1]?.replaceAll(",", "") ?? 0);
}

/** The page shows more, and again more, while the tool is still at work. */
export async function expectRoundsToGrow(page: Page): Promise<void> {
  for (let times = 0; times < 3; times++) {
    const before = await roundsOnPage(page);
    await expect.poll(() => roundsOnPage(page)).toBeGreaterThan(before);
  }
  await expectStatus(page, "running");
}

/** The head of the run's page says how the run stands. */
export async function expectStatus(page: Page, status: string): Promise<void> {
  await expect(page.locator("header dl").getByText(status, { exact: true })).toBeVisible();
}
