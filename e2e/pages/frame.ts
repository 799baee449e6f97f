import type { Locator, Page } from "playwright/test";

/** What stands around every page: rail, top bar, search, shortcuts, theme. */
export class Frame {
  readonly page: Page;
  readonly rail: Locator;
  readonly trail: Locator;
  readonly main: Locator;
  readonly live: Locator;
  readonly search: Locator;
  readonly shortcuts: Locator;

  constructor(page: Page) {
    this.page = page;
    this.rail = page.getByRole("navigation", { name: "Pages" });
    this.trail = page.getByRole("navigation", { name: "Where you are" });
    this.main = page.getByRole("main");
    this.live = page.getByRole("button", { name: /live updates$/ });
    this.search = page.getByRole("dialog", { name: "Search" });
    this.shortcuts = page.getByRole("dialog", { name: "Keyboard" });
  }

  async visit(place: "Overview" | "Runs" | "Cache" | "Artifacts"): Promise<void> {
    await this.rail.getByRole("link", { name: new RegExp(`^${place}`) }).click();
  }

  async chooseTheme(words: "Light" | "Dark" | "As the system"): Promise<void> {
    await this.page.getByRole("button", { name: /^Theme:/ }).click();
    await this.page.getByRole("menuitemcheckbox", { name: words }).click();
    await this.page.keyboard.press("Escape");
  }

  /** What stands for the theme on the page. */
  theme(): Promise<string | null> {
    return this.page.locator("html").getAttribute("data-theme");
  }

  /** Waits until the page answers to keys: only a page that runs follows changes. */
  async untilAwake(): Promise<void> {
    await this.page.getByRole("button", { name: /^(live|as of).*Pause live updates$/ }).waitFor();
  }

  async find(words: string): Promise<Locator> {
    await this.untilAwake();
    await this.page.keyboard.press("Control+k");
    await this.search.getByRole("combobox").fill(words);
    return this.search.getByRole("option");
  }
}
