import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NewContent, Receipt, StoreChanges, StoredThing } from "../changes.ts";
import { naughtyNames } from "./naughty-names.ts";
import { type RacedStore, raceChanges } from "./race-changes.ts";

/** A store under test and the ways to use it past the driver. */
export interface ChangesStore extends RacedStore {
  /** All that must come back besides the content: type, life, other columns, metadata. Compared as it is. */
  restOf?(name: string): Promise<unknown>;
  /** Writes a thing that the engine removes at that time (epoch ms). Absent: nothing expires here. */
  putMortal?(name: string, content: string, expiresAt: number): Promise<void>;
  /** The content of a thing that is to be made anew, in the kind's words. Absent: nothing is made anew here. */
  newContent?(name: string, content: string): NewContent;
  stop(): Promise<void>;
}

export interface ChangesSubject {
  name: string;
  start(): Promise<ChangesStore>;
  /** True for names that the store under test can hold; all of them unless said. */
  canHold?(name: string): boolean;
  /** Races with a second writer, 300 unless said; `npm run soak` has a hundred times as many. */
  rounds?: number;
}

const hostileNames = [...naughtyNames, "a:b/c %2F*?[]\\", "//process[@name='train sgd']", `long ${"x".repeat(65_536)}`];

/** What every driver with `changes` promises, on the real store. */
export function describeStoreChanges(subject: ChangesSubject): void {
  describe(`${subject.name}: safe changes`, () => {
    let store: ChangesStore;
    let changes: StoreChanges;
    let receipts = 0;
    const names = hostileNames.filter((name) => subject.canHold?.(name) ?? true);

    beforeAll(async () => {
      store = await subject.start();
      changes = store.changes;
    });
    afterAll(() => store?.stop());

    async function statOf(name: string): Promise<StoredThing> {
      const [thing] = await changes.stat([store.locator(name)]);
      if (!thing) throw new Error(`nothing stands at ${name}`);
      return thing;
    }
    async function requestFor(name: string) {
      receipts += 1;
      const receiptId = `receipt-${receipts}`;
      return { locator: store.locator(name), token: (await statOf(name)).token, receiptId };
    }
    /** Sets things aside as they stand, and answers their receipts as state would give them back. */
    async function setAside(...wanted: string[]): Promise<Receipt[]> {
      const requests = await Promise.all(wanted.map(requestFor));
      const kept: Receipt[] = [];
      const outcomes = await changes.setAside(requests, async (given) => void kept.push(...given));
      expect(outcomes).toEqual(wanted.map(() => ({ outcome: "set-aside" })));
      return structuredClone(kept);
    }
    async function setOneAside(name: string): Promise<Receipt> {
      const [receipt] = await setAside(name);
      if (!receipt) throw new Error("no receipt was kept");
      return receipt;
    }
    const everything = async (name: string) => [await store.read(name), await store.restOf?.(name)];
    const refuseToKeep = async () => {
      throw new Error("keep was called");
    };

    it("says what stands where, in the order asked, and null where nothing does", async () => {
      await store.put("stat a", "a");
      await store.put("stat b", "b");
      const [b, none, a, again] = await changes.stat(["stat b", "nothing", "stat a", "stat b"].map(store.locator));
      expect(none).toBeNull();
      expect(a).toMatchObject({ token: expect.any(String), bytes: expect.any(Number), expiresAt: null });
      expect(again).toEqual(b);
      expect(await changes.stat([])).toEqual([]);
    });

    it("gives another token after each write that changed something", async () => {
      const tokens = new Set<string>();
      for (const content of ["1", "2", "22", "", "22\n", "\u00e9", "e\u0301"]) {
        await store.put("written", content);
        tokens.add((await statOf("written")).token);
      }
      expect(tokens.size).toBe(7);
      expect((await statOf("written")).token).toBe((await statOf("written")).token);
    });

    it("leaves the store as it is until the receipts are kept", async () => {
      await store.put("kept first", "content");
      let seen: string | null = null;
      const outcomes = await changes.setAside([await requestFor("kept first")], async () => {
        seen = await store.read("kept first");
      });
      expect(seen).toBe("content");
      expect(outcomes).toEqual([{ outcome: "set-aside" }]);
      expect(await store.read("kept first")).toBeNull();
    });

    it("changes nothing when the receipts cannot be kept, and can then be asked again", async () => {
      await store.put("unkept", "content");
      const before = await everything("unkept");
      const request = await requestFor("unkept");
      await expect(
        changes.setAside([request], async () => {
          throw new Error("disk full");
        }),
      ).rejects.toThrow("disk full");
      expect(await everything("unkept")).toEqual(before);
      let kept: Receipt[] = [];
      const again = await changes.setAside([request], async (given) => {
        kept = given;
      });
      expect(again).toEqual([{ outcome: "set-aside" }]);
      expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
      expect(await everything("unkept")).toEqual(before);
    });

    it("answers each by itself: set aside, changed, gone", async () => {
      for (const name of ["mixed a", "mixed b", "mixed c", "mixed d"]) await store.put(name, name);
      const requests = await Promise.all(["mixed a", "mixed b", "mixed c", "mixed d"].map(requestFor));
      await store.put("mixed b", "newer");
      await store.remove("mixed c");
      const outcomes = await changes.setAside(requests, async (kept) => {
        expect(kept.map(({ id }) => id)).toEqual([requests[0]?.receiptId, requests[3]?.receiptId]);
      });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["set-aside", "changed", "gone", "set-aside"]);
      expect(await store.read("mixed b")).toBe("newer");
      expect(await store.read("mixed d")).toBeNull();
    });

    it("keeps nothing where nothing is as it was", async () => {
      await store.put("stale", "old");
      const request = await requestFor("stale");
      await store.put("stale", "new");
      expect(await changes.setAside([request], refuseToKeep)).toEqual([{ outcome: "changed" }]);
      expect(await changes.setAside([], refuseToKeep)).toEqual([]);
    });

    it("leaves what a writer wrote, removed or made anew while the receipts were kept", async () => {
      for (const name of ["during a", "during b", "during c"]) await store.put(name, "old");
      const requests = await Promise.all(["during a", "during b", "during c"].map(requestFor));
      const outcomes = await changes.setAside(requests, async () => {
        await store.put("during a", "new");
        await store.remove("during b");
        await store.remove("during c");
        await store.put("during c", "newest");
      });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["changed", "gone", "changed"]);
      expect(await store.read("during a")).toBe("new");
      expect(await store.read("during c")).toBe("newest");
    });

    it("puts back what was there, to the byte and with all that belongs to it", async () => {
      const contents = ["", "0", "a\r\n\t \ufeff", `{"x": NaN}`, "\u{1F9EA}e\u0301", "x".repeat(100_000)];
      for (const [index, content] of contents.entries()) await store.put(`back ${index}`, content);
      const wanted = contents.map((_, index) => `back ${index}`);
      const before = await Promise.all(wanted.map(everything));
      const kept = await setAside(...wanted);
      expect(await Promise.all(wanted.map(store.read))).toEqual(contents.map(() => null));
      expect((await changes.putBack(kept)).map(({ outcome }) => outcome)).toEqual(contents.map(() => "restored"));
      expect(await Promise.all(wanted.map(everything))).toEqual(before);
    });

    it("can set aside again what was put back", async () => {
      await store.put("twice", "content");
      const first = await setOneAside("twice");
      await changes.putBack([first]);
      const second = await setOneAside("twice");
      expect(await changes.putBack([second])).toEqual([{ outcome: "restored" }]);
      expect(await store.read("twice")).toBe("content");
    });

    it("answers that the same stands there when it is put back again", async () => {
      await store.put("same", "content");
      const receipt = await setOneAside("same");
      expect(await changes.putBack([receipt])).toEqual([{ outcome: "restored" }]);
      expect(await changes.putBack([receipt])).toEqual([{ outcome: "same" }]);
      expect(await store.read("same")).toBe("content");
    });

    it("puts nothing back over what came meanwhile, and still can when that is gone", async () => {
      await store.put("occupied", "old");
      const receipt = await setOneAside("occupied");
      await store.put("occupied", "new");
      expect(await changes.putBack([receipt])).toEqual([{ outcome: "different" }]);
      expect(await store.read("occupied")).toBe("new");
      await store.remove("occupied");
      expect(await changes.putBack([receipt])).toEqual([{ outcome: "restored" }]);
      expect(await store.read("occupied")).toBe("old");
    });

    it("removes for good, and says that it is lost where the store had kept it", async () => {
      await store.put("discarded", "content");
      const receipt = await setOneAside("discarded");
      expect(await changes.discard([receipt])).toEqual([{ outcome: "discarded" }]);
      expect(await store.read("discarded")).toBeNull();
      if (!("place" in receipt.kept)) return;
      expect(await changes.discard([receipt])).toEqual([{ outcome: "gone" }]);
      expect(await changes.putBack([receipt])).toEqual([{ outcome: "lost" }]);
    });

    it("does not touch what serves when it discards", async () => {
      await store.put("served", "old");
      const receipt = await setOneAside("served");
      await store.put("served", "new");
      await changes.discard([receipt]);
      expect(await store.read("served")).toBe("new");
    });

    it("goes on after a crash: nothing is lost when all is asked again with the same receipt", async () => {
      await store.put("crashed", "content");
      const before = await everything("crashed");
      const request = await requestFor("crashed");
      const kept: Receipt[] = [];
      const keep = async (given: Receipt[]) => void kept.push(...structuredClone(given));
      await changes.setAside([request], keep);
      const [again] = await changes.setAside([request], keep);
      expect(["set-aside", "gone"]).toContain(again?.outcome);
      for (const receipt of kept.slice(1)) expect(receipt).toEqual(kept[0]);
      expect(await store.read("crashed")).toBeNull();
      expect(await changes.putBack(kept.slice(0, 1))).toEqual([{ outcome: "restored" }]);
      expect(await everything("crashed")).toEqual(before);
    });

    it("takes every name literally", async () => {
      for (const name of names) await store.put(name, `content of ${name.slice(0, 40)}`);
      const before = await Promise.all(names.map(everything));
      for (const [index, name] of names.entries()) {
        const receipt = await setOneAside(name);
        const rest = names.filter((other) => other !== name);
        expect(await store.read(name)).toBeNull();
        expect((await changes.stat(rest.map(store.locator))).every((thing) => thing !== null)).toBe(true);
        expect(await changes.putBack([receipt])).toEqual([{ outcome: "restored" }]);
        expect(await everything(name)).toEqual(before[index]);
      }
    });

    it("keeps the end of a life, and puts back only what has some left", async () => {
      if (!store.putMortal) return expect((await changes.stat([store.locator("none")]))[0]).toBeNull();
      const expiresAt = Date.now() + 3_600_000;
      await store.putMortal("mortal", "content", expiresAt);
      const before = await everything("mortal");
      expect((await statOf("mortal")).expiresAt).toBe(expiresAt);
      const receipt = await setOneAside("mortal");
      expect(receipt.expiresAt).toBe(expiresAt);
      const [late] = await changes.putBack([{ ...receipt, expiresAt: Date.now() - 1_000 }]);
      expect(late).toMatchObject({ outcome: "failed", failure: { code: "gone", remedy: expect.any(String) } });
      expect(await store.read("mortal")).toBeNull();
      expect(await changes.putBack([receipt])).toEqual([{ outcome: "restored" }]);
      expect(await everything("mortal")).toEqual(before);
    });

    it("makes a thing anew where nothing stands, and nothing over what does", async () => {
      if (!store.newContent) return expect(changes.describeNew).toBeUndefined();
      const made = (name: string, content: string) => ({
        locator: store.locator(name),
        content: store.newContent!(name, content),
        expiresAt: null,
      });
      const receipt = () => structuredClone(changes.describeNew!(made("made", "content"), "made"));
      expect(await changes.putBack([receipt()])).toEqual([{ outcome: "restored" }]);
      expect(await store.read("made")).toBe("content");
      // Asked again after a crash.
      expect(await changes.putBack([receipt()])).toEqual([{ outcome: "same" }]);
      const aside = await setOneAside("made");
      expect(await store.read("made")).toBeNull();
      await changes.putBack([aside]);
      await store.put("made", "newer");
      expect(await changes.putBack([receipt()])).toEqual([{ outcome: "different" }]);
      expect(await store.read("made")).toBe("newer");
    });

    it("gives exactly what was told another end, its content unchanged", async () => {
      if (!store.putMortal) return expect(changes.setLives).toBeUndefined();
      const [end, later] = [Date.now() + 3_600_000, Date.now() + 7_200_000];
      await store.putMortal("lives", "content", end);
      const { token } = await statOf("lives");
      const set = async (from: number | null, to: number | null, proof = token) => {
        const [answer] = await changes.setLives!([{ locator: store.locator("lives"), token: proof, from, to }]);
        return [answer?.outcome, (await statOf("lives")).expiresAt];
      };
      expect(await set(end, later)).toEqual(["set", later]);
      expect(await set(end, later)).toEqual(["same", later]);
      expect(await set(end, null)).toEqual(["changed", later]);
      expect(await set(later, end, "another")).toEqual(["changed", later]);
      expect(await set(later, Date.now() - 1)).toEqual(["failed", later]);
      expect(await set(later, null)).toEqual(["set", null]);
      expect(await set(null, end)).toEqual(["set", end]);
      expect(await store.read("lives")).toBe("content");
      await store.putMortal("lives", "written anew", end);
      expect(await set(end, later)).toEqual(["changed", end]);
      await store.remove("lives");
      const gone = await changes.setLives!([{ locator: store.locator("lives"), token, from: end, to: null }]);
      expect(gone).toEqual([{ outcome: "gone" }]);
    });

    const { rounds = 300 } = subject;
    it(`loses no value to a second writer in ${rounds} races`, { timeout: 60_000 + rounds * 100 }, async () => {
      const tally = await raceChanges(store, { rounds });
      expect(tally.lost).toEqual([]);
      expect(tally.setAside).toBeGreaterThan(0);
      expect(tally.refused).toBeGreaterThan(0);
    });
  });
}
