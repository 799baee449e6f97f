import { expect, it } from "vitest";
import { endpoints } from "./endpoints.ts";
import { describeApi } from "./openapi.ts";

it("describes every route, with what it asks and answers", () => {
  const { openapi, paths } = describeApi("1.2.3");
  expect(openapi).toBe("3.1.0");
  for (const { method, path } of Object.values(endpoints)) expect(paths?.[path], path).toHaveProperty(method);
  expect(JSON.stringify(paths?.["/sources/{source}/runs/{run}"])).toContain("durationSeconds");
});
