import { defineConfig } from "vitest/config";

const rooms = "{app,bench,bin,components,lib,lint,soak}";

/** `unit` needs Node alone; `engines` starts the real engines (Redis, …) that its suites run against. */
export default defineConfig({
  test: {
    environment: "node",
    // Tests wait more than they work: no processor is left to the one that starts them.
    maxWorkers: "100%",
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [`${rooms}/**/*.test.{ts,tsx,mjs}`],
          exclude: ["**/*.engine.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "engines",
          include: [`${rooms}/**/*.engine.test.ts`],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
