import type { Locator, Page } from "playwright/test";

export class ConfigPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(tab: "sources" | "settings" = "sources"): Promise<void> {
    await this.page.goto(tab === "sources" ? "/config" : "/config?tab=settings");
  }

  /** Who this browser is to the server. */
  get whoIAm(): Locator {
    return this.page.getByRole("region", { name: "Who you are" });
  }

  /** Ends the sign-in of a browser of this person. */
  async endSignIn(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `End the sign-in of ${name}` }).click();
  }

  /** The check of one source. */
  source(label: string): Locator {
    return this.page.getByRole("region", { name: label, exact: true });
  }

  /** What fails or warns of it, each with what mends it. */
  troubles(label: string): Locator {
    return this.source(label).getByRole("list").first().getByRole("listitem");
  }

  async showSteps(label: string): Promise<void> {
    await this.source(label)
      .getByText(/^All \d+ steps:/)
      .click();
  }

  /** The form of a source. */
  get form(): Locator {
    return this.page.getByRole("dialog");
  }

  setting(name: string): Locator {
    return this.page.getByRole("row").filter({ has: this.page.getByText(name, { exact: true }) });
  }
}
