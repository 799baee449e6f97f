import type { Locator, Page } from "playwright/test";

/** What asks, tells and does an invalidation, from wherever it was opened. */
export class InvalidateDialog {
  readonly page: Page;
  readonly dialog: Locator;
  readonly apply: Locator;
  readonly undo: Locator;
  readonly items: Locator;
  readonly planAgain: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole("dialog", { name: /^Invalidate / });
    this.apply = this.dialog.getByRole("button", { name: /^Take out/ });
    this.undo = page.getByRole("button", { name: "Undo" });
    this.planAgain = this.dialog.getByRole("button", { name: "Plan again" });
    this.items = this.dialog.getByRole("region", { name: "What would go" }).getByRole("row");
  }

  /** Says what is wanted and lets the plan be shown. */
  async plan(
    intent: "The result is wrong" | "Run it once more" | "Free space" | "Exactly what I chose",
  ): Promise<void> {
    await this.dialog.getByRole("radio", { name: intent }).check();
    await this.dialog.getByRole("button", { name: "Show what would happen" }).click();
  }

  /** The value of a fact of the plan. */
  fact(name: string): Locator {
    return this.dialog.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("+ dd");
  }
}
