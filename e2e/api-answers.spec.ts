import { expect, test } from "playwright/test";
import { fixture } from "./support/fixtures.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

let server: TrialdeckServer;
test.beforeAll(async () => {
  server = await startTrialdeck([fixture("../../bundled/workspace")]);
  await untilIndexed(server);
});
test.afterAll(() => server?.stop());

for (const encoding of ["identity", "gzip", "gzip, deflate, br", "br"]) {
  test(`a large answer can be read by who accepts ${encoding}`, async () => {
    const response = await fetch(`${server.origin}/api/v1/runs?limit=1000`, {
      headers: { authorization: `Bearer ${server.token}`, "accept-encoding": encoding },
    });
    const { items } = (await response.json()) as { items: unknown[] };
    expect(items).toHaveLength(17);
    expect(response.headers.get("cache-control")).toContain("no-store");
  });
}
