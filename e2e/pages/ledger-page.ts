import type { Locator, Page } from "playwright/test";
import { DataTable } from "./data-table.ts";

export class LedgerPage extends DataTable {
  readonly figures: Locator;
  readonly policy: Locator;

  constructor(page: Page) {
    super(page, { grid: "Ledger", filter: "Filter", panel: "Selected" });
    this.figures = page.getByRole("main").locator("dl");
    this.policy = page.getByRole("region", { name: "What could go" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/cache/ledger${query}`);
  }

  chart(title: string): Locator {
    return this.page.getByRole("region", { name: title, exact: true });
  }

  async tellBy(by: string): Promise<void> {
    await this.page.getByRole("combobox", { name: "Told by" }).selectOption(by);
  }

  async ofSource(label: RegExp): Promise<void> {
    const options = this.page.getByRole("combobox", { name: "Source" }).getByRole("option");
    const value = await options.filter({ hasText: label }).getAttribute("value");
    await this.page.getByRole("combobox", { name: "Source" }).selectOption(value);
  }

  /** The cells of a group's row, by its name. */
  async cells(group: string): Promise<string[]> {
    return this.row(group).first().getByRole("gridcell").allInnerTexts();
  }
}
