import { readFile } from "node:fs/promises";
import { AppError } from "../../domain/errors.ts";
import type { FirestorePlaceOptions } from "./firestore-place.ts";

/** What is used of Google's authentication library. */
export interface AuthLibrary {
  JWT: new (options: { email: unknown; key: unknown; keyId: unknown; scopes: string[] }) => object;
  UserRefreshClient: new (options: { clientId: unknown; clientSecret: unknown; refreshToken: unknown }) => object;
  /** Asks without credentials. */
  PassThroughClient: new () => object;
}

/** What a client of a Firestore database may be used for. */
export const scopes = ["https://www.googleapis.com/auth/datastore"];

/**
 * The account to ask with, `null`: the one of Application Default Credentials. An emulator is asked without any: where credentials are looked
 * for, a machine outside Google's cloud can wait for minutes.
 */
export async function accountOf(library: AuthLibrary, options: FirestorePlaceOptions): Promise<object | null> {
  if (options.emulatorHost !== undefined) return new library.PassThroughClient();
  const json = options.credentialsJson ?? (options.keyFile === undefined ? null : await readKeyFile(options.keyFile));
  if (json === null) return null;
  const key = parseKey(json);
  if (key.type === "authorized_user") {
    return new library.UserRefreshClient({
      clientId: key.client_id,
      clientSecret: key.client_secret,
      refreshToken: key.refresh_token,
    });
  }
  // Other kinds may name programs to run and addresses to ask.
  if (key.type !== "service_account") {
    throw new AppError("unsupported", "firestore: the key file is of a kind that is not read", {
      remedy: "Name one of a service account, or start with GOOGLE_APPLICATION_CREDENTIALS naming this one.",
    });
  }
  return new library.JWT({ email: key.client_email, key: key.private_key, keyId: key.private_key_id, scopes });
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new AppError("bad_request", "firestore: the key file cannot be read", {
      remedy: "Correct the path of the key file in the source's settings, and who may read it.",
      cause,
    });
  }
}

function parseKey(json: string): Record<string, unknown> {
  try {
    const key: unknown = JSON.parse(json);
    if (typeof key === "object" && key !== null && "type" in key) return { ...key };
  } catch {
    // The parser's message would quote the key.
  }
  throw new AppError("bad_request", "firestore: the credentials are no usable key", {
    remedy: "Give a key file in JSON as Google gives it out for a service account.",
  });
}
