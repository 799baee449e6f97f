import type { Locator, Page } from "playwright/test";

export class EntryPage {
  readonly page: Page;
  readonly title: Locator;
  readonly result: Locator;
  readonly record: Locator;
  readonly pin: Locator;

  constructor(page: Page) {
    this.page = page;
    this.title = page.getByRole("heading", { level: 1 });
    this.result = page.getByRole("region", { name: "Result" });
    this.record = page.getByRole("region", { name: "Stored record" });
    this.pin = page.getByRole("region", { name: "Pin" });
  }

  async open(source: string, entry: string): Promise<void> {
    await this.page.goto(`/cache/${source}/${entry}`);
  }

  async show(tab: "Payloads" | "Used by" | "Stored record"): Promise<void> {
    await this.page.getByRole("tab", { name: tab }).click();
  }

  /** The value of a fact: `config hash`, `Producer`, … */
  fact(name: string): Locator {
    return this.page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("+ dd");
  }
}
