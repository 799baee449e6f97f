import { readFile } from "node:fs/promises";
import { expect, type Locator, type Page } from "playwright/test";

/** A chart in its card: plot, menu, table twin, exports. */
export class ChartCard {
  readonly page: Page;
  readonly card: Locator;
  readonly plot: Locator;
  /** Carries `data-series-drawn` once the lines are on the canvas. */
  readonly drawing: Locator;

  /** The lines with their values, highest first. */
  readonly legend: Locator;
  readonly filter: Locator;

  constructor(page: Page, name: string | RegExp) {
    this.page = page;
    this.card = page.getByRole("region", { name, exact: typeof name === "string" });
    this.plot = this.card.getByRole("application");
    this.drawing = this.card.locator("[data-chart=line]");
    this.legend = this.card.getByRole("list", { name: "Series" });
    this.filter = this.card.getByRole("textbox", { name: "Filter the series" });
  }

  /** A line's entry in the legend. */
  line(label: string): Locator {
    return this.legend.getByRole("button").filter({ hasText: label });
  }

  /** So many lines are on the canvas. */
  async expectDrawn(lines: number): Promise<void> {
    await expect(this.drawing).toHaveAttribute("data-series-drawn", String(lines));
  }

  /** Points at a part of the plot, given as a share of its width. */
  async pointAt(share: number): Promise<void> {
    const box = await this.placeOfPlot();
    await this.page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  }

  async choose(line: string): Promise<void> {
    await this.card.getByRole("button", { name: /^Menu of/ }).click();
    await this.page.getByRole("menu").getByText(line, { exact: true }).first().click();
  }

  /** The table of what the chart shows. */
  async openTable(): Promise<Locator> {
    await this.choose("Show as table");
    return this.page.getByRole("dialog").getByRole("table");
  }

  async export(
    format: "CSV" | "JSON" | "PNG" | "SVG" | "CSV of all points" | "JSON of all points",
  ): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.choose(format)]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** Pulls over a part of the plot, given as shares of its width. */
  async zoom(from: number, to: number): Promise<void> {
    const box = await this.placeOfPlot();
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width * from, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * ((from + to) / 2), y);
    await this.page.mouse.move(box.x + box.width * to, y);
    await this.page.mouse.up();
  }

  private async placeOfPlot() {
    await this.plot.scrollIntoViewIfNeeded();
    const box = await this.plot.boundingBox();
    if (!box) throw new Error("The plot has no place");
    return box;
  }
}
