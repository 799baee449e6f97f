import type { Locator, Page } from "playwright/test";
import { DataTable } from "./data-table.ts";

export class CachePage extends DataTable {
  readonly tree: Locator;

  constructor(page: Page) {
    super(page, { grid: "Cache entries", filter: "Filter entries", panel: "Selected entry" });
    this.tree = page.getByRole("navigation", { name: "Cache by experiment and process" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/cache${query}`);
  }

  /** What the page's head says: how many there are. */
  says(words: string): Locator {
    return this.page.locator("header").getByText(words);
  }

  /** Opens or closes a branch of the tree. */
  async unfold(label: string): Promise<void> {
    await this.tree.getByRole("button", { name: `Open ${label}`, exact: true }).click();
  }

  branch(label: string): Locator {
    return this.tree.getByRole("button", { name: new RegExp(`^${label} `) });
  }

  async filterState(...states: string[]): Promise<void> {
    await this.page.getByRole("button", { name: /^State/, expanded: false }).click();
    for (const state of states) await this.page.getByRole("menuitemcheckbox", { name: state }).click();
    await this.page.keyboard.press("Escape");
  }
}
