import { expect, test } from "vitest";
import { type RunsView, readRunsView, writeRunsView } from "./runs-view.ts";

const through = (view: Partial<RunsView>) => {
  const written = writeRunsView(view);
  return readRunsView((name) => written[name] ?? null);
};

test("a view survives the address", () => {
  const view: RunsView = {
    q: 'params."a,b" = 1',
    sort: "name",
    group: "status",
    source: "s",
    experiment: "e",
    columns: ["name", "m,1~min"],
    pinned: new Set(["name", "m,1~min"]),
    widths: { "m,1~min": 120, "a:b": 80 },
    selected: new Set(["s/1", "s/2"]),
    open: "s/1",
  };
  expect(through(view)).toEqual(view);
});

test("nothing pinned is not the same as nothing said", () => {
  expect(through({ pinned: new Set() }).pinned).toEqual(new Set());
  expect(through({}).pinned).toEqual(new Set(["name"]));
});

test("a usual view leaves the address bare", () => {
  const usual = writeRunsView({
    q: "",
    sort: "-started",
    group: null,
    columns: null,
    pinned: new Set(["name"]),
    widths: {},
    selected: new Set(),
  });
  expect(Object.values(usual).filter(Boolean)).toEqual([]);
});

test("nonsense counts as not said", () => {
  expect(readRunsView((name) => (name === "group" ? "colour" : name === "widths" ? "wide,9:ok" : null))).toMatchObject({
    group: null,
    widths: { ok: 9 },
  });
});
