import type { CatalogReader, CatalogWriter } from "../catalog/contract.ts";
import { idOf } from "../contracts/ids.ts";
import type { Bucket } from "../domain/bucket.ts";
import { AppError } from "../domain/errors.ts";
import type { Page } from "../domain/source.ts";
import type { Viewer } from "../domain/viewer.ts";
import { requireRole } from "../operations/guard.ts";
import type { BucketConfirmation, BucketConfirmations } from "../state/bucket-confirmations.ts";
import type { EventHub } from "./event-hub.ts";
import { type SourceRegistry, wholePage } from "./source-questions.ts";

export interface BucketQuestions {
  buckets(viewer: Viewer): Promise<Page<Bucket>>;
  /** Says that every index which names things in it is connected. */
  confirmBucket(viewer: Viewer, bucket: string): Promise<Bucket>;
  revokeBucket(viewer: Viewer, bucket: string): Promise<Bucket>;
}

export interface BucketContext {
  registry: SourceRegistry;
  reader: Pick<CatalogReader, "progress">;
  writer: Pick<CatalogWriter, "confirmBuckets">;
  confirmations: BucketConfirmations;
  events: Pick<EventHub, "publish">;
  now(): number;
}

export function answerBuckets(context: BucketContext): BucketQuestions {
  const { registry, confirmations } = context;
  const find = (id: string): Bucket => {
    const bucket = listBuckets(registry, confirmations).find((one) => one.id === id);
    if (bucket) return bucket;
    throw new AppError("not_found", "No source uses such a bucket.", {
      remedy: "GET /api/v1/cache/buckets lists them.",
    });
  };
  const noteOf = ({ by, bucket, sources, at }: BucketConfirmation, action: string, result: string) => ({
    at,
    by,
    action,
    source: sources.join(","),
    subject: bucket,
    result,
  });

  return {
    async buckets(viewer) {
      const seen = new Set(registry.pick(viewer, undefined));
      const items = listBuckets(registry, confirmations).flatMap((bucket) => showTo(viewer, seen, bucket));
      return wholePage(
        items,
        context.reader,
        items.flatMap(({ sources }) => sources),
      );
    },
    async confirmBucket(viewer, id) {
      requireRole(viewer, null, "admin", "Confirming that all indexes of a bucket are connected");
      const { name, sources } = find(id);
      const unknown = registry.all().find(({ phase }) => phase !== "ready" && phase !== "indexing");
      if (unknown)
        throw new AppError("conflict", `Whether ${unknown.label} uses this bucket is not known: it is out of reach.`, {
          remedy: "Confirm it when that source can be read, or take it out of the settings.",
        });
      const said = { bucket: name, by: viewer.name, at: context.now(), sources };
      confirmations.confirm(
        said,
        noteOf(said, "confirm bucket", `all indexes are connected: ${labelsOf(registry, sources)}`),
      );
      await applyConfirmations(context);
      return find(id);
    },
    async revokeBucket(viewer, id) {
      requireRole(viewer, null, "admin", "Revoking the confirmation of a bucket");
      const { name, sources, confirmed } = find(id);
      if (confirmed) {
        const said = { bucket: name, by: viewer.name, at: context.now(), sources };
        confirmations.revoke(name, noteOf(said, "revoke bucket", `had been confirmed by ${confirmed.by}`));
        await applyConfirmations(context);
      }
      return find(id);
    },
  };
}

/** Tells the catalog which confirmations hold: those of which each source is configured. */
export async function applyConfirmations({
  registry,
  confirmations,
  writer,
  events,
}: Omit<BucketContext, "reader" | "now">): Promise<void> {
  const configured = new Set(registry.all().map(({ id }) => id));
  const holding = confirmations.list().filter(({ sources }) => sources.every((id) => configured.has(id)));
  const told = await writer.confirmBuckets(holding.map(({ bucket }) => bucket));
  for (const { source, changes } of told) events.publish(source, changes);
}

/** Sentences on buckets of these sources in which nothing is called an orphan. */
export function sayUnconfirmed(
  registry: SourceRegistry,
  confirmations: Pick<BucketConfirmations, "list">,
  asked: readonly string[],
): string[] {
  return listBuckets(registry, confirmations)
    .filter(
      ({ sources, confirmed, missing }) =>
        sources.some((id) => asked.includes(id)) && (!confirmed || missing.length > 0),
    )
    .map(
      ({ name }) =>
        `Nobody has confirmed that all indexes of ${name} are connected: nothing in it is called an orphan.`,
    );
}

function listBuckets(registry: SourceRegistry, confirmations: Pick<BucketConfirmations, "list">): Bucket[] {
  const statuses = registry.all();
  const configured = new Set(statuses.map(({ id }) => id));
  const said = new Map(confirmations.list().map((one) => [one.bucket, one]));
  const names = [...new Set(statuses.flatMap(({ buckets }) => buckets))].sort();
  return names.map((name) => {
    const confirmation = said.get(name);
    return {
      id: idOf("", "bucket", name),
      name,
      sources: statuses.filter(({ buckets }) => buckets.includes(name)).map(({ id }) => id),
      confirmed: confirmation
        ? { by: confirmation.by, at: new Date(confirmation.at).toISOString(), sources: confirmation.sources }
        : null,
      missing: confirmation?.sources.filter((id) => !configured.has(id)) ?? [],
    };
  });
}

/** Of a bucket that others use too, who does not see every source learns only what concerns their own. */
function showTo(viewer: Viewer, seen: ReadonlySet<string>, bucket: Bucket): Bucket[] {
  if (viewer.grants === null) return [bucket];
  const own = (ids: readonly string[]) => ids.filter((id) => seen.has(id));
  const sources = own(bucket.sources);
  if (sources.length === 0) return [];
  const confirmed = bucket.confirmed && { ...bucket.confirmed, sources: own(bucket.confirmed.sources) };
  return [{ ...bucket, sources, confirmed, missing: [] }];
}

function labelsOf(registry: SourceRegistry, ids: readonly string[]): string {
  return registry
    .all()
    .filter(({ id }) => ids.includes(id))
    .map(({ label }) => label)
    .join(", ");
}
