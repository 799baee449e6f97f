import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "playwright/test";

/** What axe finds on a page, without the tooltip of what the mouse happens to rest on. */
export async function brokenRules(page: Page): Promise<string[]> {
  await page.mouse.move(0, 0);
  await expect(page.locator("#tooltip")).toBeHidden();
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}
