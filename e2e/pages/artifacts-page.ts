import type { Page } from "playwright/test";
import { DataTable } from "./data-table.ts";

export class ArtifactsPage extends DataTable {
  constructor(page: Page) {
    super(page, { grid: "Artifacts", filter: "Filter artifacts", panel: "Selected artifact" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`/artifacts${query}`);
  }
}
