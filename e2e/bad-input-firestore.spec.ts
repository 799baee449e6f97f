import { expect, test } from "playwright/test";
import { type GrpcFaultProxy, startGrpcFaultProxy } from "../lib/contracts/testing/grpc-fault-proxy.ts";
import { type FaultProxy, startFaultProxy } from "../lib/contracts/testing/http-fault-proxy.ts";
import { buildMillis } from "../lib/contracts/testing/object-store.ts";
import { OverviewPage } from "./pages/overview-page.ts";
import { type RecordedCloud, startRecordedCloud } from "./support/cloud.ts";
import { putDocument } from "./support/documents.ts";
import { fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { type SourceAnswer, startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

const recovered = { timeout: 10_000, intervals: [100] };
const beside = fixture("expops/sqlite-local");

test.describe("Firestore and Cloud Storage with faults, beside a local source", () => {
  test.describe.configure({ mode: "serial" });
  let cloud: RecordedCloud;
  let documents: GrpcFaultProxy;
  let objects: FaultProxy;
  let env: NodeJS.ProcessEnv;
  let server: TrialdeckServer;

  test.beforeAll(async () => {
    test.setTimeout(120_000 + buildMillis);
    cloud = await startRecordedCloud();
    documents = await startGrpcFaultProxy(cloud.firestore.port);
    objects = await startFaultProxy(cloud.objectsUrl);
    env = { ...process.env, FIRESTORE_EMULATOR_HOST: documents.host, STORAGE_EMULATOR_HOST: objects.url };
    server = await startTrialdeck([cloud.target, beside], { env });
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await Promise.all([documents?.stop(), objects?.stop()]);
    await cloud?.stop();
  });

  /** The source in the cloud, after a look that the one beside it is as ever. */
  async function cloudSource(of = server): Promise<SourceAnswer> {
    const { items } = await of.ask<{ items: SourceAnswer[] }>("/sources");
    const [faulty, other] = items;
    expect(other).toMatchObject({ status: "ready", indexed: { runs: 6, entries: 24 } });
    expect(other?.error).toBeUndefined();
    return faulty!;
  }

  /** Refuses questions to Firestore from now on, and waits for what the source says of it. */
  async function refusedWith(code: number, message: string, matching?: RegExp): Promise<SourceAnswer["error"]> {
    documents.failWith(code, message, matching);
    await expect.poll(async () => (await cloudSource()).status, { timeout: 15_000 }).toBe("unreachable");
    return (await cloudSource()).error;
  }

  test("a listener that is reset every five seconds misses no point and doubles none", async () => {
    const run = "project-wine-lab-20261121000000-0a0b0c0d";
    const project = "mlops_projects/wine-lab";
    const metrics = `${project}/metric/${run}/probes_by_path/p_Ly9wcm9jZXNzW0BuYW1lPSdmaXQnXQ`;
    const write = (path: string, fields: Parameters<typeof putDocument>[3]) =>
      putDocument(cloud.firestore.host, cloud.project, path, fields);
    const nowSeconds = () => Date.now() / 1_000;
    await write(`${project}/runs/${run}`, { status: "running", last_updated: nowSeconds() });
    const { id: source } = await cloudSource();
    const findRun = async () =>
      (await server.ask<{ items: { id: string; status: string }[] }>(`/runs?q=name~0a0b0c0d`)).items[0];
    await expect.poll(async () => (await findRun())?.status, recovered).toBe("running");
    const runPath = `/sources/${source}/runs/${(await findRun())?.id}`;

    const loss: Record<string, number> = {};
    const log = async (point: number) => {
      loss[point] = 1 / point;
      await write(metrics, { loss });
    };
    /** The steps of the points that are shown. */
    const shown = async (): Promise<number[]> => {
      const { items } = await server.ask<{ items: { id: string }[] }>(`${runPath}/metrics`);
      if (!items[0]) return [];
      const { points = [] } = await server.ask<{ points?: { x: number }[] }>(`${runPath}/series/${items[0].id}`);
      return points.map(({ x }) => x);
    };
    let point = 0;
    for (let resets = 0; resets < 3; resets++) {
      const resetAt = performance.now() + 5_000;
      while (performance.now() < resetAt) {
        await log(++point);
        await cloudSource();
      }
      expect(documents.resetListeners()).toBeGreaterThan(0);
      const first = point + 1;
      const seen = async () => {
        await log(++point);
        return (await shown()).includes(first);
      };
      await expect.poll(seen, recovered).toBe(true);
      expect((await cloudSource()).status).toBe("ready");
    }
    await expect.poll(shown, recovered).toEqual(Array.from({ length: point }, (_, at) => at + 1));
    await write(`${project}/runs/${run}`, { status: "completed", last_updated: nowSeconds() });
    await expect.poll(async () => (await findRun())?.status, recovered).toBe("completed");
    expect(await shown()).toEqual(Array.from({ length: point }, (_, at) => at + 1));
  });

  test("credentials that expire are told with what to do, and renewed ones are taken up", async ({ page }) => {
    objects.inject({ kind: "status", status: 401, message: "Invalid Credentials" });
    const error = await refusedWith(16, "Request had invalid authentication credentials.");
    expect(error).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("the credentials are not accepted"),
      remedy: expect.stringContaining("gcloud auth application-default login"),
    });
    // What is known stays to be seen, and a new client is opened, since an old one would keep the old credentials.
    await openSignedIn(page, server, "/");
    await expect(page.getByText(/the credentials are not accepted/).first()).toBeVisible();
    documents.asked.length = 0;
    await expect.poll(() => documents.asked.some((path) => path.endsWith("/BatchGetDocuments"))).toBe(true);
    objects.heal();
    documents.heal();
    await expect.poll(async () => (await cloudSource()).status, recovered).toBe("ready");
    expect((await cloudSource()).error).toBeUndefined();
  });

  test("an object that may not be read any more says so by itself", async () => {
    const { items } = await server.ask<{ items: { id: string; source: string; name: string }[] }>(
      `/sources/${(await cloudSource()).id}/artifacts?q=name~score_bars.png`,
    );
    const { id, source } = items[0]!;
    objects.inject(
      { kind: "status", status: 403, message: "x lacks storage.objects.get access" },
      { matching: /\/o\// },
    );
    await expect(server.ask(`/sources/${source}/artifacts/${id}/preview`)).rejects.toThrow(
      /forbidden.*roles\/storage\.objectViewer/s,
    );
    objects.heal();
    await expect(server.ask(`/sources/${source}/artifacts/${id}/preview`)).resolves.toHaveProperty("kind");
    expect((await cloudSource()).status).toBe("ready");
  });

  test("an index that is missing is told with the link that makes it", async ({ page }) => {
    const link = `https://console.firebase.google.com/project/${cloud.project}/firestore/indexes?create_composite=Ck1wcm9q`;
    documents.failWith(9, `The query requires an index. You can create it here: ${link}`, /\/RunQuery$/);
    const lacking = await startTrialdeck([cloud.target, beside], { env });
    try {
      const otherStatus = async () => (await lacking.ask<{ items: SourceAnswer[] }>("/sources")).items[1]?.status;
      await expect.poll(otherStatus).toBe("ready");
      await expect.poll(async () => (await cloudSource(lacking)).error?.code).toBe("unsupported");
      expect((await cloudSource(lacking)).error?.remedy).toContain(link);
      await openSignedIn(page, lacking, "/");
      const shown = new OverviewPage(page).sources.getByRole("link", { name: link });
      await expect(shown).toHaveAttribute("href", link);
      documents.heal();
      await expect.poll(async () => (await cloudSource(lacking)).status, recovered).toBe("ready");
    } finally {
      documents.heal();
      await lacking.stop();
    }
  });

  for (const [what, code, message, expected] of [
    [
      "a database that is not there",
      5,
      "The database (default) does not exist for project demo-gone",
      { code: "not_found", remedy: "Correct project and database in the source's settings." },
    ],
    [
      "a project that is not there, or not for this account",
      7,
      "Missing or insufficient permissions.",
      { code: "forbidden", remedy: expect.stringContaining("roles/datastore.viewer") },
    ],
    [
      "a quota that is used up",
      8,
      "Quota exceeded.",
      { code: "too_many", remedy: expect.stringContaining("https://console.cloud.google.com/") },
    ],
    [
      "a service that is down",
      14,
      "The service is currently unavailable.",
      { code: "source_unavailable", remedy: expect.stringContaining("tried again") },
    ],
  ] as const) {
    test(`${what} is told with what to do, and is there by itself once that is done`, async () => {
      expect(await refusedWith(code, message)).toMatchObject(expected);
      documents.heal();
      await expect.poll(async () => (await cloudSource()).status, recovered).toBe("ready");
    });
  }
});
