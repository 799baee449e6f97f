import type { Locator, Page } from "playwright/test";

/** The virtual table of a list, with its filter line and its side panel. */
export class DataTable {
  readonly page: Page;
  readonly grid: Locator;
  readonly filter: Locator;
  readonly suggestions: Locator;
  readonly panel: Locator;

  constructor(page: Page, names: { grid: string; filter: string; panel: string }) {
    this.page = page;
    this.grid = page.getByRole("grid", { name: names.grid });
    this.filter = page.getByRole("combobox", { name: names.filter });
    this.suggestions = page.getByRole("listbox", { name: "Could stand here" }).getByRole("option");
    this.panel = page.getByRole("complementary", { name: names.panel });
  }

  /** Rows of data in sight. */
  get rows(): Locator {
    return this.grid.getByRole("row").filter({ has: this.page.getByRole("gridcell") });
  }

  row(words: string | RegExp): Locator {
    return this.rows.filter({ hasText: words });
  }

  head(name: string): Locator {
    return this.grid.getByRole("columnheader").filter({ hasText: name });
  }

  /** Writes a filter and lets it take effect. */
  async filterBy(text: string): Promise<void> {
    await this.filter.fill(text);
    await this.filter.press("Enter");
    await this.filter.press("Escape");
  }

  async sortBy(column: string): Promise<void> {
    await this.head(column).getByRole("button", { name: column }).first().click();
  }

  /** Opens the menu of a column's head and takes one of its lines. */
  async useHeadMenu(column: string, line: string): Promise<void> {
    await this.head(column).hover();
    await this.head(column)
      .getByRole("button", { name: /^Menu of column/ })
      .click();
    await this.page.getByRole("menu").getByText(line, { exact: true }).click();
  }
}
