import type { Locator, Page } from "playwright/test";

export class SignInPage {
  readonly page: Page;
  readonly heading: Locator;
  readonly token: Locator;
  readonly problem: Locator;
  /** Leads to the sign-in provider. */
  readonly elsewhere: Locator;

  constructor(page: Page) {
    this.page = page;
    this.heading = page.getByRole("heading", { name: "This browser is not signed in" });
    this.token = page.getByLabel(/paste the token/);
    this.elsewhere = page.getByRole("button", { name: "Sign in with your organisation" });
    this.problem = page.getByRole("main").getByRole("alert");
  }

  async signIn(token: string): Promise<void> {
    await this.token.fill(token);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
  }
}
