import type { Locator, Page } from "playwright/test";

/** What tells and does a revival or a longer life, from wherever it was opened. */
export class AdditionDialog {
  readonly page: Page;
  readonly dialog: Locator;
  readonly apply: Locator;
  readonly undo: Locator;
  readonly items: Locator;
  /** Where a page says that an entry is gone and its result still there. */
  readonly offer: Locator;
  readonly until: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole("dialog", { name: /^(Revive|Keep) / });
    this.apply = this.dialog.getByRole("button", { name: /^(Revive|Keep) / });
    this.undo = page.getByRole("button", { name: "Undo" });
    this.items = this.dialog.getByRole("region", { name: "What it is of" }).getByRole("row");
    this.offer = page.getByRole("region", { name: "Gone entries that can be revived" });
    this.until = this.dialog.getByRole("combobox", { name: "Keep it until" });
  }

  async revive(): Promise<void> {
    await this.offer.getByRole("button", { name: "Revive…" }).click();
  }

  /** The value of a fact of the plan. */
  fact(name: string): Locator {
    return this.dialog.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("+ dd");
  }
}
