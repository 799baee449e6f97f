import type { Locator, Page } from "playwright/test";

export class OperationsPage {
  readonly page: Page;
  readonly panel: Locator;
  readonly items: Locator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.getByRole("complementary", { name: "Selected operation" });
    this.items = this.panel.getByRole("region", { name: "Items" }).getByRole("listitem");
  }

  async open(): Promise<void> {
    await this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Operations" }).click();
  }

  async show(tab: "All" | "Proposals" | "Trash" | "Audit"): Promise<void> {
    await this.page.getByRole("tab", { name: tab }).click();
  }

  row(words: string | RegExp): Locator {
    return this.page.getByRole("row").filter({ hasText: words });
  }

  /** Opens the newest operation of these words. */
  async choose(words: string | RegExp): Promise<void> {
    // By its first cell: elsewhere in the row the pointer would rest on what shows a tip.
    await this.row(words).first().getByRole("gridcell").first().click();
  }
}
