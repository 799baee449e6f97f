import { createRequire } from "node:module";
import { AppError } from "../../domain/errors.ts";
import type { AuthLibrary } from "./firestore-credentials.ts";
import type { FirestoreSdk } from "./plain-values.ts";

/** What is used of the library below the client, which the client does not hand on. */
export interface Gax {
  GoogleAuth: new (options: Record<string, unknown>) => { getClient(): Promise<unknown> };
  googleAuthLibrary: AuthLibrary;
  grpc: { credentials: { createInsecure(): unknown } };
}

/** Loads Google's client, which is large, when the first database is opened. */
export async function loadClient(): Promise<{ sdk: FirestoreSdk; gax: Gax }> {
  try {
    const { default: sdk } = await import("@google-cloud/firestore");
    const requireBeside = createRequire(createRequire(import.meta.url).resolve("@google-cloud/firestore"));
    return { sdk, gax: requireBeside("google-gax") as Gax };
  } catch (cause) {
    throw new AppError("unsupported", "firestore: the package @google-cloud/firestore is not installed", {
      remedy: "Install it: npm install @google-cloud/firestore",
      cause,
    });
  }
}
