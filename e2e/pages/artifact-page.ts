import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright/test";

export class ArtifactPage {
  readonly page: Page;
  readonly title: Locator;
  readonly facts: Locator;

  constructor(page: Page) {
    this.page = page;
    this.title = page.getByRole("heading", { level: 1 });
    this.facts = page.getByRole("complementary", { name: "Facts" });
  }

  async open(artifact: { source: string; id: string }): Promise<void> {
    await this.page.goto(`/artifacts/${artifact.source}/${artifact.id}`);
  }

  /** The look inside, once it is there as what it is. */
  preview(kind: string): Locator {
    return this.page.locator(`[data-preview=${kind}]`);
  }

  async download(): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      this.page.getByRole("link", { name: "Download" }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }
}
