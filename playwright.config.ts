import { execFileSync } from "node:child_process";
import { defineConfig } from "playwright/test";

/** The browser of the machine: the packaged Chromium, so that nothing is downloaded. */
function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const found = execFileSync("sh", ["-c", `command -v ${names.join(" || command -v ")} || true`], { encoding: "utf8" });
  return process.env.TRIALDECK_CHROMIUM || found.trim() || undefined;
}

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  forbidOnly: true,
  fullyParallel: true,
  // One more than the two processors of the smallest machine: tests wait for servers and for the tool.
  workers: 3,
  // A machine that is busy for a moment is no defect; one that fails twice is.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    // A trace takes a fifth of the time of all; type `--trace on` to see a failure that comes each time.
    trace: "on-first-retry",
    launchOptions: {
      executablePath: findChromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
