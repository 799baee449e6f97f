import type { Locator, Page } from "playwright/test";

export class OverviewPage {
  readonly page: Page;
  readonly figures: Locator;
  readonly latest: Locator;
  readonly attention: Locator;
  readonly sources: Locator;

  constructor(page: Page) {
    this.page = page;
    this.figures = page.getByRole("region", { name: "In figures" });
    this.latest = page.getByRole("region", { name: "Latest runs" });
    this.attention = page.getByRole("region", { name: "Needs attention" });
    this.sources = page.getByRole("region", { name: "Sources" });
  }

  async open(): Promise<void> {
    await this.page.goto("/");
  }
}
