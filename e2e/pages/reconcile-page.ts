import type { Locator, Page } from "playwright/test";

/** Where index and payloads do not agree. */
export class ReconcilePage {
  readonly page: Page;
  readonly broken: Locator;
  readonly orphans: Locator;

  constructor(page: Page) {
    this.page = page;
    this.broken = page.getByRole("region", { name: "Records whose result is missing" });
    this.orphans = page.getByRole("region", { name: "Payloads that no record names" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/cache/reconcile${query}`);
  }

  rowsOf(side: Locator): Locator {
    return side.getByRole("row").filter({ has: this.page.getByRole("gridcell") });
  }
}
