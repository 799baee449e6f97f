import type { Locator, Page } from "playwright/test";

export type ReconcileTab = "Broken" | "Orphans" | "Other size" | "Not expired";

/** Where index and payloads do not agree. */
export class ReconcilePage {
  readonly page: Page;
  readonly list: Locator;
  readonly rows: Locator;
  readonly buckets: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole("tabpanel").locator("section");
    this.rows = this.list.getByRole("row").filter({ has: page.getByRole("gridcell") });
    this.buckets = this.list.getByRole("list", { name: "Buckets" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/cache/reconcile${query}`);
  }

  tab(name: ReconcileTab): Locator {
    return this.page.getByRole("tab", { name: new RegExp(`^${name}`) });
  }

  /** Plans the mending of what is listed. */
  async mend(button: "Repair…" | "Take out…"): Promise<void> {
    await this.list.getByRole("button", { name: button }).click();
  }
}
