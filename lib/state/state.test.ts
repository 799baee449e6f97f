import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Viewer } from "../domain/viewer.ts";
import { readEntryDeaths } from "./entry-deaths.ts";
import { takeServerLock } from "./server-lock.ts";
import { openState } from "./state.ts";

const ann: Viewer = { name: "ann", role: "admin", grants: null };
const freshFolder = () => join(mkdtempSync(join(tmpdir(), "state-")), "trialdeck");

it("lasts: the signing key, sign-ins, snapshots, begins, sightings and what was seen of entries are there after a restart", () => {
  const folder = freshFolder();
  const first = openState(folder, { lasting: true });
  const { token } = first.signIns.create({ how: "local" }, 0);
  const snapshot = { hash: "abc", seenAt: 5, files: [{ path: "configs/a.yaml", bytes: new Uint8Array([1, 2]) }] };
  first.snapshots.save("s", snapshot);
  first.snapshots.save("s", { ...snapshot, seenAt: 9 });
  first.begins.note("s", "wine-lab", "run 1", "abc", 5);
  first.begins.note("s", "wine-lab", "run 1", "def", 9);
  first.pointSightings.save("s", "r1", new Map([["m1", Float64Array.of(1, 1, 5)]]));
  first.pointSightings.save("s", "r1", new Map([["m1", Float64Array.of(1, 1, 5, 2, 2, Number.NaN)]]));
  first.entryDeaths.note("s", [{ entryId: "e", kind: "gone", seenAt: 5, expiresAt: null }]);
  first.entryDeaths.note("s", [{ entryId: "e", kind: "payload-gone", seenAt: 9, expiresAt: 7 }]);
  first.close();

  const second = openState(folder, { lasting: true });
  expect(second.signingKey).toEqual(first.signingKey);
  expect(second.signIns.find(token, 1)).toMatchObject({ who: { how: "local" }, at: 0 });
  expect(second.signIns.find(token, 31 * 24 * 3600 * 1000)).toBeNull();
  expect(second.snapshots.list("s")).toEqual([{ hash: "abc", seenAt: 5 }]);
  expect(second.snapshots.read("s", "abc")).toEqual(snapshot);
  expect(second.snapshots.read("other", "abc")).toBeNull();
  expect(second.begins.find("s", "wine-lab", "run 1")).toBe("abc");
  expect(second.begins.find("s", "other", "run 1")).toBeNull();
  expect(second.pointSightings.runs("s")).toEqual(["r1"]);
  expect(second.pointSightings.find("s", "r1")).toEqual(new Map([["m1", Float64Array.of(1, 1, 5, 2, 2, Number.NaN)]]));
  expect(second.pointSightings.find("other", "r1")).toEqual(new Map());
  expect(second.entryDeaths.find("s", "e")).toEqual([
    { kind: "payload-gone", seenAt: 9, expiresAt: 7 },
    { kind: "gone", seenAt: 5, expiresAt: null },
  ]);
  expect(second.entryDeaths.find("other", "e")).toEqual([]);
  expect(readEntryDeaths(folder)?.find("s", "e")).toHaveLength(2);
  expect(readEntryDeaths(join(folder, "nowhere"))).toBeNull();
  second.entryDeaths.note("s", [{ entryId: "f", kind: "gone", seenAt: 91 * 24 * 3600 * 1000, expiresAt: null }]);
  expect(second.entryDeaths.find("s", "e")).toEqual([]);
  second.close();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it("keeps pins over restarts, whoever set them first, and puts each change on the audit", () => {
  const folder = freshFolder();
  const first = openState(folder, { lasting: true });
  expect(first.pins.set("s", ["a", "b"], true, { by: "ann", at: 5 })).toEqual(["a", "b"]);
  expect(first.pins.set("s", ["a", "c"], true, { by: "bob", at: 9 })).toEqual(["c"]);
  expect(first.pins.set("s", ["b", "none"], false, { by: "bob", at: 9 })).toEqual(["b"]);
  first.close();
  const second = openState(folder, { lasting: true });
  expect(second.pins.list("s")).toEqual(["a", "c"]);
  expect(second.pins.find("s", "a")).toEqual({ by: "ann", at: 5 });
  expect(second.pins.find("other", "a")).toBeNull();
  expect(second.audit.list(ann, null, 9).map(({ action, subject, by }) => `${by} ${action} ${subject}`)).toEqual([
    "bob unpin b",
    "bob pin c",
    "ann pin b",
    "ann pin a",
  ]);
  expect(second.audit.verify()).toBeNull();
  second.close();
});

it("is held by one server; a lock left by a dead one is taken over", () => {
  const folder = freshFolder();
  const first = takeServerLock(folder, "http://127.0.0.1:3000", new Date(0));
  expect(first.held).toBe(true);
  const second = takeServerLock(folder, "http://127.0.0.1:3001", new Date(0));
  expect(second).toMatchObject({ held: false, holder: { pid: process.pid, url: "http://127.0.0.1:3000" } });
  if (first.held) first.release();
  expect(takeServerLock(folder, "http://127.0.0.1:3002", new Date(0)).held).toBe(true);
});
