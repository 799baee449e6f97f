import type { Locator, Page } from "playwright/test";
import { ChartCard } from "./chart-card.ts";

export type RunTab = "Overview" | "Metrics" | "Steps" | "Artifacts" | "Config & code" | "Log";

export class RunPage {
  readonly page: Page;
  readonly name: Locator;
  readonly panel: Locator;
  readonly log: Locator;

  constructor(page: Page) {
    this.page = page;
    this.name = page.getByRole("heading", { level: 1 });
    this.panel = page.getByRole("tabpanel");
    this.log = page.getByRole("region", { name: "Log" });
  }

  async open(run: { source: string; id: string }, query = ""): Promise<void> {
    await this.page.goto(`/runs/${run.source}/${run.id}${query}`);
  }

  async show(tab: RunTab): Promise<void> {
    await this.page.getByRole("tab", { name: tab }).click();
  }

  /** The first line: what the run did. */
  sentence(words: string | RegExp): Locator {
    return this.page.locator("header").getByText(words);
  }

  /** Under it: why the run computed what it computed. */
  get causes(): Locator {
    return this.part("Why it ran");
  }

  /** The explanation of one process or step. */
  get why(): Locator {
    return this.page.getByRole("dialog");
  }

  /** A row of a table of the explanation, by what it compares. */
  whyRow(name: string): Locator {
    return this.why.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name, exact: true }) });
  }

  /** A node of the process graph. */
  node(process: string): Locator {
    const name = new RegExp(`^${process}: `);
    return this.page.locator(".react-flow__node").filter({ has: this.page.getByRole("button", { name }) });
  }

  /** A row of the table of processes and steps. */
  step(name: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name, exact: true }) });
  }

  part(title: string): Locator {
    return this.page.getByRole("region", { name: title });
  }

  chart(name: string | RegExp): ChartCard {
    return new ChartCard(this.page, name);
  }

  get timeline(): ChartCard {
    return new ChartCard(this.page, "Timeline");
  }
}
