import type { Locator, Page } from "playwright/test";

/** A published plan, as whoever has its address sees it. */
export class ProposalPage {
  readonly page: Page;
  readonly rows: Locator;
  readonly apply: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.rows = page
      .getByRole("grid", { name: "What would go" })
      .getByRole("row")
      .filter({ has: page.getByRole("gridcell") });
    this.apply = page.getByRole("button", { name: "Apply…" });
    this.dialog = page.getByRole("dialog", { name: "Apply the proposal" });
  }

  async holdBack(row: Locator, reason: string): Promise<void> {
    await row.getByRole("checkbox").click();
    await this.page.getByRole("button", { name: /^Hold back 1 row/ }).click();
    const dialog = this.page.getByRole("dialog", { name: "Hold back 1 row" });
    await dialog.getByRole("textbox", { name: "Why must it stay?" }).fill(reason);
    await dialog.getByRole("button", { name: "Hold back" }).click();
  }

  async release(row: Locator): Promise<void> {
    await row.getByRole("checkbox").click();
    await this.page.getByRole("button", { name: "Release 1 row" }).click();
  }
}
