import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { findFreePort } from "../../contracts/testing/redis-server.ts";
import { firstFailure, runChecks } from "../../contracts/testing/run-checks.ts";
import { checkFirestore } from "./check-firestore.ts";
import type { FirestoreOptions } from "./firestore-driver.ts";

describe.skipIf(!isEngineWanted("firestore"))("checks of firestore", () => {
  let emulator: FirestoreEmulator;
  let folder: string;
  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
    folder = await mkdtemp(join(tmpdir(), "trialdeck-keys-"));
  });
  afterAll(async () => {
    await emulator?.stop();
    await rm(folder, { recursive: true });
  });

  const look = (options: Partial<FirestoreOptions> = {}) =>
    runChecks(
      checkFirestore({ project: emulator.newProject(), emulatorHost: emulator.host, mayChange: true, ...options }),
    );

  it("passes where documents can be read, and says what it cannot tell without writing", async () => {
    const found = await look();
    expect(firstFailure(found)).toBeNull();
    expect(found["firestore.sign-in"]).toMatchObject({ verdict: "pass" });
    expect(found["firestore.change"]).toMatchObject({ verdict: "skip" });
  });

  it.each([
    ["a project that can be none", { project: "No Project" }],
    ["a database that can be none", { database: "No Database" }],
    ["an emulator's address that is none", { emulatorHost: "here" }],
  ])("fails at the address with %s", async (_what, options) => {
    expect(firstFailure(await look(options))).toMatchObject({
      id: "firestore.database",
      remedy: expect.stringMatching(/\w/),
    });
  });

  it("fails where nothing listens", async () => {
    const failure = firstFailure(await look({ emulatorHost: `127.0.0.1:${await findFreePort()}` }));
    expect(failure).toMatchObject({ id: "firestore.connect", message: expect.stringContaining("nothing listens") });
  });

  it.each([
    ["is not there", null, "cannot be read"],
    ["is no key", "{", "no usable key"],
    ["names programs to run", '{"type":"external_account","canary":1}', "of a kind that is not read"],
  ])("fails with a key file that %s", async (_what, content, words) => {
    const keyFile = join(folder, "key.json");
    await rm(keyFile, { force: true });
    if (content !== null) await writeFile(keyFile, content);
    const { checks, close } = checkFirestore({ project: "demo-keys", keyFile, mayChange: false });
    const signIn = checks.find(({ id }) => id === "firestore.sign-in")!;
    await checks[0]!.look();
    await expect(signIn.look()).rejects.toMatchObject({ message: expect.stringContaining(words) });
    await close();
  });
});
