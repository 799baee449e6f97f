import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright/test";

/** A chart in its card: plot, menu, table twin, exports. */
export class ChartCard {
  readonly page: Page;
  readonly card: Locator;
  readonly plot: Locator;
  /** Carries `data-series-drawn` once the lines are on the canvas. */
  readonly drawing: Locator;

  constructor(page: Page, name: string | RegExp) {
    this.page = page;
    this.card = page.getByRole("region", { name, exact: typeof name === "string" });
    this.plot = this.card.getByRole("application");
    this.drawing = this.card.locator("[data-chart=line]");
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

  async export(format: "CSV" | "JSON" | "PNG" | "SVG"): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.choose(format)]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** Pulls over a part of the plot, given as shares of its width. */
  async zoom(from: number, to: number): Promise<void> {
    await this.plot.scrollIntoViewIfNeeded();
    const box = await this.plot.boundingBox();
    if (!box) throw new Error("The plot has no place");
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width * from, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * ((from + to) / 2), y);
    await this.page.mouse.move(box.x + box.width * to, y);
    await this.page.mouse.up();
  }
}
