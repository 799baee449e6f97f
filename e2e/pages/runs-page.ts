import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright/test";
import { DataTable } from "./data-table.ts";

export class RunsPage extends DataTable {
  readonly heading: Locator;
  readonly columnsDialog: Locator;

  constructor(page: Page) {
    super(page, { grid: "Runs", filter: "Filter runs", panel: "Selected run" });
    this.heading = page.getByRole("heading", { name: "Runs", level: 1 });
    this.columnsDialog = page.getByRole("dialog", { name: "Columns" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/runs${query}`);
  }

  /** What the page's head says: how many there are, how many are selected. */
  says(words: string): Locator {
    return this.page.locator("header").getByText(words);
  }

  async group(by: "No groups" | "By experiment" | "By status"): Promise<void> {
    await this.page.getByRole("button", { name: /^(Group|By )/ }).click();
    await this.page.getByRole("menuitemcheckbox", { name: by }).click();
    await this.page.keyboard.press("Escape");
  }

  async toggleColumn(name: string): Promise<void> {
    await this.page.getByRole("button", { name: /^Columns/ }).click();
    await this.columnsDialog.getByRole("checkbox", { name }).first().click();
    await this.columnsDialog.getByRole("button", { name: "Done" }).click();
  }

  async select(name: string | RegExp): Promise<void> {
    await this.row(name).getByRole("checkbox").click();
  }

  /** The text of the file that the export gives. */
  async export(part: "selected" | "all", format: "CSV" | "JSON"): Promise<string> {
    await this.page.getByRole("button", { name: "Export" }).click();
    const lines = this.page.getByRole("menu", { name: "Export" }).getByRole("menuitem", { name: format });
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      part === "selected" ? lines.first().click() : lines.last().click(),
    ]);
    return readFile(await download.path(), "utf8");
  }
}
