import { expect } from "playwright/test";
import type { Strange } from "./access-table.ts";
import type { SharedLab } from "./shared-lab.ts";

interface Listed {
  items: { id: string; name?: string; key?: string }[];
  total: { value: number } | null;
}
interface Made {
  id: string;
  fingerprint: string;
}

export async function listOf(lab: SharedLab, path: string): Promise<Listed> {
  const { json, status, text } = await lab.ask("admin", path);
  expect(status, `${path}: ${text}`).toBe(200);
  return json as Listed;
}

/** Makes what wine-lab has to hide: plans that are published, an operation that is done, a pin. */
export async function findStrange(lab: SharedLab): Promise<Strange> {
  const runs = await listOf(lab, "/runs?experiment=wine-lab&limit=1000&sort=-started");
  const [run = ""] = runs.items.map(({ id }) => id);
  const [metric = ""] = (await listOf(lab, `/sources/lab/runs/${run}/metrics`)).items.map(({ id }) => id);
  const entries = await listOf(lab, `/cache/entries?run=${run}&state=usable&limit=1000`);
  const [entry = "", taken = ""] = entries.items.map(({ id }) => id);
  const [artifact = ""] = (await listOf(lab, `/sources/lab/artifacts?run=${run}`)).items.map(({ id }) => id);
  const plan = async (of: string) => {
    const { json, text, status } = await lab.ask("admin", "/sources/lab/cache/plans", {
      intent: "custom",
      selector: { entries: [of] },
    });
    expect(status, text).toBe(200);
    return json as Made;
  };
  const [published, spare, applied] = [await plan(entry), await plan(entry), await plan(taken)];
  for (const { id } of [published, spare])
    expect((await lab.ask("admin", `/sources/lab/cache/plans/${id}/publish`, { days: 1 })).status).toBe(200);
  const { json, text, status } = await lab.ask("admin", `/sources/lab/cache/plans/${applied.id}/apply`, {
    fingerprint: applied.fingerprint,
  });
  expect(status, text).toBe(202);
  const operation = (json as { operationId: string }).operationId;
  await expect
    .poll(async () => ((await lab.ask("admin", `/operations/${operation}`)).json as { status: string }).status)
    .toBe("done");
  await lab.ask("admin", "/sources/lab/cache/pins", { entries: [entry], pinned: true });
  return { run, metric, entry, artifact, plan: published.id, sparePlan: spare.id, operation };
}
