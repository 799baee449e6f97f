import type { Bucket, BucketMetadata } from "@google-cloud/storage";
import { type CheckFinding, passed, type StoreChecks, skipped, warned } from "../../contracts/check.ts";
import { AppError, isAppError } from "../../domain/errors.ts";
import { checkHost, checkReach, type HostProbe } from "../probe-host.ts";
import { askWithin } from "./ask-within.ts";
import { gcsFailure } from "./gcs-failure.ts";
import { type GcsPlace, parseGcsPlace } from "./object-names.ts";
import { type GcsAccess, googleEndpoint, openBucket } from "./open-bucket.ts";

export interface GcsCheckOptions extends GcsAccess {
  bucket: string;
  prefix?: string;
  mayChange: boolean;
  timeoutMs?: number;
}

const readRights = ["storage.objects.list", "storage.objects.get"];
const changeRights = ["storage.objects.create", "storage.objects.delete"];
const weekSeconds = 7 * 24 * 3600;

/** Looks at a bucket as the product would use it: nothing is written. */
export function checkGcs({ mayChange, timeoutMs = 5_000, ...options }: GcsCheckOptions): StoreChecks {
  let place: GcsPlace;
  let bucket: Bucket;
  let metadata: BucketMetadata | null = null;

  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await askWithin(timeoutMs, question);
    } catch (error) {
      throw gcsFailure(place, error);
    }
  }

  /** `null` where the store does not tell rights, as an emulator does not. */
  async function heldRights(rights: string[]): Promise<Set<string> | null> {
    const held = await ask(() => bucket.iam.testPermissions(rights)).catch((error: unknown) => {
      if (isAppError(error) && ["not_found", "unsupported", "source_unavailable"].includes(error.code)) return null;
      throw error;
    });
    return held && new Set(Object.entries(held[0]).flatMap(([right, isHeld]) => (isHeld ? [right] : [])));
  }

  async function checkReading(): Promise<CheckFinding> {
    const held = await heldRights(readRights);
    const lacking = held ? readRights.filter((right) => !held.has(right)) : [];
    if (lacking.length > 0)
      throw new AppError("forbidden", `The account lacks ${lacking.join(" and ")}`, {
        remedy: `gcloud storage buckets add-iam-policy-binding gs://${place.bucket} --member=<account> --role=roles/storage.objectViewer`,
      });
    return passed("Objects may be listed and read");
  }

  async function checkChanging(): Promise<CheckFinding> {
    if (!mayChange) return skipped("The source is only read, so no right to change it is needed");
    const held = await heldRights(changeRights);
    if (!held) return skipped("The store does not tell whether objects may be taken out");
    const lacking = changeRights.filter((right) => !held.has(right));
    if (lacking.length === 0) return passed("Objects may be taken out and put back");
    return warned(
      `The account lacks ${lacking.join(" and ")}: objects cannot be taken out; all else works`,
      `gcloud storage buckets add-iam-policy-binding gs://${place.bucket} --member=<account> --role=roles/storage.objectUser`,
    );
  }

  async function checkKeeping(): Promise<CheckFinding> {
    metadata = await ask(async () => (await bucket.getMetadata())[0]).catch(() => null);
    if (!metadata) return skipped("The account may not see how the bucket keeps its objects");
    const seconds = Number(metadata.softDeletePolicy?.retentionDurationSeconds ?? 0);
    if (seconds >= weekSeconds) return passed("What is removed is kept by the bucket itself for a week or longer");
    return passed("The bucket keeps nothing that is removed: a copy is made before an object is taken out");
  }

  async function checkLifecycle(): Promise<CheckFinding> {
    if (!metadata) return skipped("The account may not see the bucket's lifecycle rules");
    const rules = metadata.lifecycle?.rule ?? [];
    const deleting = rules.filter(({ action }) => (action as { type?: string } | undefined)?.type === "Delete");
    if (deleting.length === 0) return passed("No lifecycle rule removes objects");
    return warned(
      "A lifecycle rule removes objects: an entry whose object went is computed again",
      `gcloud storage buckets describe gs://${place.bucket} --format="default(lifecycle_config)"`,
    );
  }

  return {
    recipes: () => [
      {
        title: "Cloud Storage: read",
        text: "roles/storage.objectViewer, and storage.buckets.get to see how it keeps objects",
      },
      { title: "Cloud Storage: read, take objects out and put them back", text: "roles/storage.objectUser" },
    ],
    checks: [
      {
        id: "gcs.bucket",
        stage: "parse",
        async look() {
          place = parseGcsPlace(options);
          return passed(place.location);
        },
      },
      { id: "gcs.host", stage: "policy", look: () => checkHost(probeOf(options).host) },
      {
        id: "gcs.connect",
        stage: "reach",
        look: () => checkReach(probeOf(options)).catch((error) => Promise.reject(gcsFailure(place, error))),
      },
      {
        id: "gcs.sign-in",
        stage: "auth",
        async look() {
          bucket = await openBucket(place, options, timeoutMs);
          await ask(() => bucket.getFiles({ prefix: place.root, maxResults: 1, autoPaginate: false }));
          return passed("The bucket answers to the credentials");
        },
      },
      { id: "gcs.read", stage: "rights", look: checkReading },
      { id: "gcs.change", stage: "rights", look: checkChanging },
      { id: "gcs.keeping", stage: "fit", look: checkKeeping },
      { id: "gcs.lifecycle", stage: "fit", look: checkLifecycle },
    ],
    close: async () => undefined,
  };
}

function probeOf({ emulatorHost }: GcsAccess): HostProbe {
  if (emulatorHost === undefined) return { host: new URL(googleEndpoint).hostname, port: 443, tls: {} };
  const url = new URL(/^https?:\/\//.test(emulatorHost) ? emulatorHost : `http://${emulatorHost}`);
  const isSecure = url.protocol === "https:";
  const port = Number(url.port || (isSecure ? 443 : 80));
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port, ...(isSecure && { tls: {} }) };
}
