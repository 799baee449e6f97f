import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { type AuthLibrary, accountOf } from "./firestore-credentials.ts";
import { parseFirestorePlace } from "./firestore-place.ts";

describe("the place of a Firestore", () => {
  it("names project, database and emulator", () => {
    expect(parseFirestorePlace({ project: "my-project" }).location).toBe("firestore://my-project/(default)");
    expect(parseFirestorePlace({ project: "example.com:p", database: "db-2", emulatorHost: "[::1]:80" }).location).toBe(
      "firestore://example.com:p/db-2?emulator=[::1]:80",
    );
  });

  it.each([
    { project: "" },
    { project: "a/b" },
    { project: "a", database: "x/y" },
    { project: "a", database: "default)" },
    { project: "a", emulatorHost: "localhost" },
    { project: "a", emulatorHost: "http://localhost:80" },
  ])("is none with %o", (options) => {
    expect(() => parseFirestorePlace(options)).toThrow(expect.objectContaining({ code: "bad_request" }));
  });
});

describe("the account to ask with", () => {
  class JWT {
    given: object;
    constructor(given: object) {
      this.given = given;
    }
  }
  class UserRefreshClient extends JWT {}
  class PassThroughClient {}
  const library: AuthLibrary = { JWT, UserRefreshClient, PassThroughClient };
  const key = { type: "service_account", client_email: "a@b", private_key: "secret" };

  it("is none for an emulator, and Google's default where nothing is named", async () => {
    const json = { project: "a", credentialsJson: JSON.stringify(key), emulatorHost: "127.0.0.1:1" };
    expect(await accountOf(library, json)).toBeInstanceOf(PassThroughClient);
    expect(await accountOf(library, { project: "a" })).toBeNull();
  });

  it("is read from a key file or its content", async () => {
    const keyFile = join(await makeScratchFolder(), "key.json");
    await writeFile(keyFile, JSON.stringify(key));
    const expected = { given: { email: "a@b", key: "secret" } };
    expect(await accountOf(library, { project: "a", keyFile })).toMatchObject(expected);
    expect(await accountOf(library, { project: "a", credentialsJson: JSON.stringify(key) })).toMatchObject(expected);
    const user = JSON.stringify({ type: "authorized_user", client_id: "i", client_secret: "s", refresh_token: "t" });
    expect(await accountOf(library, { project: "a", credentialsJson: user })).toBeInstanceOf(UserRefreshClient);
  });

  it.each([
    ["{ broken secret", "bad_request"],
    ["[]", "bad_request"],
    ['{"private_key":"secret"}', "bad_request"],
    ['{"type":"external_account","secret":"secret"}', "unsupported"],
  ])("is refused for %j, without quoting it", async (credentialsJson, code) => {
    const failure = await accountOf(library, { project: "a", credentialsJson }).catch((error) => error);
    expect(failure).toMatchObject({ code, remedy: expect.any(String) });
    expect(`${failure.message} ${failure.remedy} ${failure.cause}`).not.toContain("secret");
  });

  it("is refused for a file that is not there, without its path in the message", async () => {
    const failure = await accountOf(library, { project: "a", keyFile: "/nowhere/key.json" }).catch((error) => error);
    expect(failure).toMatchObject({ code: "bad_request", remedy: expect.any(String) });
    expect(failure.message).not.toContain("nowhere");
  });
});
