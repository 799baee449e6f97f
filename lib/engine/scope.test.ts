import { expect, it } from "vitest";
import type { Viewer } from "../domain/viewer.ts";
import { lookIn } from "./scope.ts";
import { createSourceRegistry } from "./source-questions.ts";

function setUp() {
  const registry = createSourceRegistry();
  for (const id of ["lab", "archive", "secret"])
    registry.update({ id } as Parameters<ReturnType<typeof createSourceRegistry>["update"]>[0]);
  const reader = {
    experiments: async ({ source }: { source: string }) => ({
      items: [{ id: `${source}-1`, name: "one", runCount: 0, lastActivityAt: null }],
      ...{ nextCursor: null, total: null, asOf: null, complete: true },
    }),
  };
  return (viewer: Viewer, source?: string) => lookIn(registry, reader, viewer, source);
}
const viewer = (grants: Viewer["grants"]): Viewer => ({ name: "ana", role: "viewer", grants });

it("looks everywhere for who sees everything, and in what is granted for others", async () => {
  const look = setUp();
  expect(await look(viewer(null))).toEqual({
    sources: ["lab", "archive", "secret"],
    scope: { experiments: null },
  });
  const whole = viewer(new Map([["lab", { role: "viewer", experiments: null }]]));
  expect(await look(whole)).toEqual({ sources: ["lab"], scope: { experiments: null } });
  await expect(look(whole, "secret")).rejects.toMatchObject({ code: "not_found" });
  expect(await look(viewer(new Map()))).toEqual({ sources: [], scope: { experiments: null } });
});

it("never widens a part of one source by the whole of another", async () => {
  const look = setUp();
  const mixed = viewer(
    new Map([
      ["lab", { role: "operator", experiments: null }],
      ["archive", { role: "viewer", experiments: ["archive-7"] }],
    ]),
  );
  expect(await look(mixed)).toEqual({ sources: ["lab", "archive"], scope: { experiments: ["lab-1", "archive-7"] } });
  expect(await look(mixed, "lab")).toEqual({ sources: ["lab"], scope: { experiments: null } });
});
