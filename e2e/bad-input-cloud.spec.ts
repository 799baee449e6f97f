import { expect, test } from "playwright/test";
import { type FirestoreEmulator, startFirestoreEmulator } from "../lib/contracts/testing/firestore-emulator.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../lib/contracts/testing/object-store.ts";
import { fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { type SourceAnswer, startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

test.describe("cloud stores that cannot be reached", () => {
  test.describe.configure({ mode: "serial" });
  let emulator: FirestoreEmulator;
  let objects: ObjectStore;
  let server: TrialdeckServer;
  let project: string;

  test.beforeAll(async () => {
    test.setTimeout(60_000 + buildMillis);
    emulator = await startFirestoreEmulator();
    objects = await startObjectStore();
    project = emulator.newProject();
    const env = { ...process.env, FIRESTORE_EMULATOR_HOST: emulator.host, STORAGE_EMULATOR_HOST: objects.url };
    server = await startTrialdeck([`firestore://${project}+gs://no-bucket`, fixture("expops/sqlite-local")], { env });
  });
  test.afterAll(async () => {
    await server?.stop();
    await objects?.stop();
    await emulator?.stop();
  });

  const sourceOf = async (part: string) => {
    const { items } = await server.ask<{ items: SourceAnswer[] }>("/sources");
    return items.find(({ label }) => label.includes(part));
  };

  test("a missing bucket is named with what to do, and the other source is as ever", async ({ page }) => {
    await expect.poll(async () => (await sourceOf("no-bucket"))?.error?.message).toContain("there is no bucket");
    const { error } = (await sourceOf("no-bucket")) as SourceAnswer;
    expect(error).toMatchObject({ code: "source_unavailable", message: expect.stringContaining("no-bucket") });
    expect(error?.remedy).toBeTruthy();
    await expect.poll(async () => (await sourceOf("sqlite-local"))?.status).toBe("ready");
    await openSignedIn(page, server, "/");
    await expect(page.getByText(error?.message as string).first()).toBeVisible();
    await expect(page.getByText("6 runs, 24 entries")).toBeVisible();
  });

  test("it is there by itself once the bucket is made and holds something", async () => {
    await objects.makeBucket("no-bucket");
    await objects.put("no-bucket", "lab/cache/note.txt", Buffer.from("text"));
    await expect.poll(async () => (await sourceOf("no-bucket"))?.status, { timeout: 10_000 }).toBe("ready");
  });

  test("while it hangs the runs of the other source are there as ever", async () => {
    objects.freeze();
    try {
      const other = await server.ask<{ items: unknown[] }>("/runs");
      expect(other.items).toHaveLength(6);
    } finally {
      objects.thaw();
    }
    await expect.poll(async () => (await sourceOf("no-bucket"))?.status, { timeout: 10_000 }).toBe("ready");
  });
});

test("a Firestore that nobody serves is told with its name and what to do", async () => {
  const env = { ...process.env, FIRESTORE_EMULATOR_HOST: "127.0.0.1:1" };
  const server = await startTrialdeck(["firestore://demo-nowhere", fixture("expops/sqlite-local")], { env });
  try {
    const read = async () => (await server.ask<{ items: SourceAnswer[] }>("/sources")).items;
    await expect.poll(async () => (await read())[0]?.status, { timeout: 20_000 }).toBe("unreachable");
    const [lost, other] = await read();
    expect(lost?.error).toMatchObject({ message: expect.stringContaining("demo-nowhere"), remedy: expect.any(String) });
    await expect.poll(async () => (await read())[1]?.status).toBe("ready");
    expect(other?.error).toBeUndefined();
  } finally {
    await server.stop();
  }
});
