import type { Receipt } from "../../../contracts/changes.ts";
import type { ChangesStore } from "../../../contracts/testing/changes-suite.ts";
import type { ObjectStore } from "../../../contracts/testing/object-store.ts";
import { type GcsOptions, openGcsDriver } from "../gcs-driver.ts";

/** A bucket past the driver. */
function bucketAt(url: string, bucket: string) {
  const object = (name: string) => `${url}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    async put(name: string, content: string) {
      const query = new URLSearchParams({ uploadType: "media", name });
      const answer = await fetch(`${url}/upload/storage/v1/b/${bucket}/o?${query}`, { method: "POST", body: content });
      if (!answer.ok) throw new Error(`put: ${answer.status} ${await answer.text()}`);
      await answer.body?.cancel();
    },
    async patch(name: string, metadata: object) {
      const init = { method: "PATCH", body: JSON.stringify(metadata), headers: { "content-type": "application/json" } };
      const answer = await fetch(object(name), init);
      if (!answer.ok) throw new Error(`patch: ${answer.status} ${await answer.text()}`);
      await answer.body?.cancel();
    },
    async read(name: string): Promise<string | null> {
      const answer = await fetch(`${object(name)}?alt=media`);
      const text = await answer.text();
      return answer.ok ? text : null;
    },
    async resource(name: string): Promise<Record<string, unknown>> {
      return (await (await fetch(object(name))).json()) as Record<string, unknown>;
    },
    async remove(name: string) {
      const answer = await fetch(object(name), { method: "DELETE" });
      await answer.body?.cancel();
    },
    async names(): Promise<string[]> {
      const answer = await fetch(`${url}/storage/v1/b/${bucket}/o`);
      const { items = [] } = (await answer.json()) as { items?: { name: string }[] };
      return items.map(({ name }) => name).sort();
    },
  };
}

let made = 0;

/** A bucket of its own and a driver that may change its folder `team`, which it reaches `through` an address, and the way `past` it. */
export async function openChangedBucket(
  { store, past, through }: { store: ObjectStore; past: string; through: string },
  options: Partial<GcsOptions> = {},
) {
  const bucket = `changed-${++made}`;
  await store.makeBucket(bucket);
  const driver = await openGcsDriver({ bucket, prefix: "team", emulatorHost: through, mayChange: true, ...options });
  const { changes } = driver;
  if (!changes) throw new Error("the driver was opened for reading only");
  const kept: Receipt[] = [];
  return {
    bucket,
    driver,
    changes,
    kept,
    keep: async (receipts: Receipt[]) => void kept.push(...receipts),
    past: bucketAt(past, bucket),
    async requestsFor(...locators: string[]) {
      const found = await changes.stat(locators);
      return locators.map((locator, index) => ({
        locator,
        token: found[index]?.token ?? "",
        receiptId: `of-${locator.replace(/\W/g, "-")}`,
      }));
    },
  };
}

/** A bucket of its own at an address, with a second writer; metadata are set with each content. */
export async function openRacedBucket(store: ObjectStore, url: string): Promise<ChangesStore> {
  const { changes, driver, past } = await openChangedBucket({ store, past: url, through: url });
  return {
    changes,
    locator: (name) => name,
    put: (name, content) => past.put(`team/${name}`, content),
    read: (name) => past.read(`team/${name}`),
    remove: (name) => past.remove(`team/${name}`),
    async restOf(name) {
      const { contentType, metadata, md5Hash, storageClass } = await past.resource(`team/${name}`);
      return { contentType, metadata, md5Hash, storageClass };
    },
    changeMs: 10,
    stop: () => driver.close(),
  };
}
