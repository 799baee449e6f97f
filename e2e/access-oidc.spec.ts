import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { startProvider } from "../lib/auth/testing/start-provider.ts";
import { ConfigPage } from "./pages/config-page.ts";
import { SignInPage } from "./pages/sign-in-page.ts";
import { fixture } from "./support/fixtures.ts";
import { startTrialdeck } from "./support/trialdeck-server.ts";

/** A port that was free a moment ago: the provider is told where to send people before the server listens. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a person signs in at a provider, has the role of their group, and signs out; who has none is told so", async ({
  page,
}) => {
  const port = await findFreePort();
  const provider = await startProvider(`http://127.0.0.1:${port}/api/v1/sign-in/callback`);
  const folder = await mkdtemp(join(tmpdir(), "oidc-"));
  const config = join(folder, "trialdeck.config.yaml");
  const grants = [{ value: "wine", role: "operator" }];
  await writeFile(
    config,
    JSON.stringify({
      sources: [{ target: fixture("expops/sqlite-local"), id: "lab" }],
      access: {
        oidc: { issuer: provider.issuer, clientId: "trialdeck", scopes: provider.scopes, roles: { grants } },
      },
    }),
  );
  const env = { ...process.env, TRIALDECK_OIDC_SECRET: "a-client-secret" };
  const server = await startTrialdeck([], { env, args: ["--config", config, "--port", String(port)] });
  try {
    const signIn = new SignInPage(page);
    const logInAs = async (name: string) => {
      await signIn.elsewhere.click();
      await page.getByPlaceholder(/login/i).fill(name);
      await page.getByPlaceholder(/password/i).fill("any");
      await page.getByRole("button", { name: /sign-in/i }).click();
    };
    await page.goto(server.origin);
    await logInAs("ana");
    await page.waitForURL(`${server.origin}/`);
    await page.goto(`${server.origin}/config?tab=access`);
    const { whoIAm } = new ConfigPage(page);
    await expect(whoIAm).toContainText("ana@lab.test");
    await expect(whoIAm).toContainText("operator in every source");
    await whoIAm.getByRole("button", { name: "Sign out" }).click();
    await expect(signIn.heading).toBeVisible();
    await page.goto(server.origin);
    await expect(signIn.heading).toBeVisible();

    await page.context().clearCookies();
    await page.goto(server.origin);
    await logInAs("eve");
    await expect(page.getByText("have no role here")).toBeVisible();
    await expect(signIn.heading).toBeVisible();
  } finally {
    await server.stop();
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  }
});
