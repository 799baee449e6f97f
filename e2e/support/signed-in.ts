import type { Page } from "playwright/test";
import type { TrialdeckServer } from "./trialdeck-server.ts";

/** Signs the page's browser context in and opens an address of the server (`/runs`). */
export async function openSignedIn(page: Page, server: TrialdeckServer, path: string): Promise<void> {
  const answer = await page.request.post(`${server.origin}/api/v1/sign-in`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  if (!answer.ok()) throw new Error(`Signing in answered ${answer.status()}`);
  await page.goto(server.origin + path);
}
