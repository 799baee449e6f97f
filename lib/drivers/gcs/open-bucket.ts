import { readFile } from "node:fs/promises";
import type { Bucket, Storage } from "@google-cloud/storage";
import { AppError } from "../../domain/errors.ts";
import { askWithin } from "./ask-within.ts";
import { credentialsFailure } from "./gcs-failure.ts";
import type { GcsPlace } from "./object-names.ts";

export interface GcsAccess {
  /** Path of a key file as Google hands them out. None of both: the machine's own credentials (ADC). */
  keyFile?: string;
  /** The text of such a file. */
  credentialsJson?: string;
  /** `host:port` or the address of an emulator, which is asked without credentials. */
  emulatorHost?: string;
}

export const googleEndpoint = "https://storage.googleapis.com";

/** The bucket, with credentials made ready; that it is there is not yet known. */
export async function openBucket(place: GcsPlace, access: GcsAccess, timeoutMs: number): Promise<Bucket> {
  const { Storage } = await loadClient();
  const apiEndpoint = access.emulatorHost === undefined ? googleEndpoint : emulatorEndpoint(access.emulatorHost);
  const needsCredentials = access.emulatorHost === undefined;
  const storage = new Storage({
    apiEndpoint,
    useAuthWithCustomEndpoint: needsCredentials,
    // The client's own go on for minutes, and end without an answer when their time is up.
    retryOptions: { autoRetry: false },
  });
  // Else STORAGE_EMULATOR_HOST would count for more than the settings.
  storage.baseUrl = `${apiEndpoint}/storage/v1`;
  if (needsCredentials) await makeCredentialsReady(place, storage.authClient, access, timeoutMs);
  return storage.bucket(place.bucket);
}

/** Without any credentials the store is asked all the same: it may be open to all, and says best if it is not. */
async function makeCredentialsReady(
  place: GcsPlace,
  authClient: Storage["authClient"],
  { keyFile, credentialsJson }: GcsAccess,
  timeoutMs: number,
): Promise<void> {
  try {
    const text = credentialsJson ?? (keyFile && (await readFile(keyFile, "utf8")));
    // Given as an option, they would be warned of on the terminal; they come from whoever runs the server.
    if (text) authClient.jsonContent = parseCredentials(place, text);
    await askWithin(timeoutMs, () => authClient.getRequestHeaders());
  } catch (error) {
    if (error instanceof Error && error.message.includes("Could not load the default credentials")) return;
    throw credentialsFailure(place, error);
  }
}

type Credentials = NonNullable<Storage["authClient"]["jsonContent"]>;

function parseCredentials(place: GcsPlace, text: string): Credentials {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "type" in parsed) return parsed as Credentials;
  } catch {
    // The parser's message repeats a part of the text.
  }
  throw new AppError("forbidden", `gcs ${place.location}: the credentials are not the text of a key file`, {
    remedy: "Name a key file (JSON) in the source's settings, or put its whole text there.",
  });
}

function emulatorEndpoint(host: string): string {
  const address = /^https?:\/\//.test(host) ? host : `http://${host}`;
  if (URL.canParse(address)) return new URL(address).origin;
  throw new AppError("bad_request", "gcs: this is not the address of an emulator", {
    remedy: "Write it as host:port, such as 127.0.0.1:4443.",
  });
}

async function loadClient() {
  try {
    return await import("@google-cloud/storage");
  } catch (cause) {
    throw new AppError("unsupported", "gcs: the package @google-cloud/storage is not installed", {
      remedy: "Install it: npm install @google-cloud/storage",
      cause,
    });
  }
}
