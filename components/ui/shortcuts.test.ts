import { expect, test } from "vitest";
import { keyName, matchKeys, type Shortcut } from "./shortcuts.ts";

const shortcut = (keys: string, label = keys): Shortcut => ({ keys, label, group: "Test", run: () => undefined });
const list = [
  shortcut("j"),
  shortcut("g r"),
  shortcut("g o"),
  shortcut("Ctrl+k"),
  shortcut("r", "page"),
  shortcut("r", "panel"),
];

test("a key, a chord and a sequence are found", () => {
  expect(matchKeys(list, ["j"])).toBe(list[0]);
  expect(matchKeys(list, ["Ctrl+k"])).toBe(list[3]);
  expect(matchKeys(list, ["g", "r"])).toBe(list[1]);
});

test("the beginning of a sequence waits, a wrong second key counts for itself", () => {
  expect(matchKeys(list, ["g"])).toBe("waiting");
  expect(matchKeys(list, ["g", "j"])).toBe(list[0]);
  expect(matchKeys(list, ["x"])).toBeNull();
});

test("what came last on the page wins", () => {
  expect(matchKeys(list, ["r"])).toMatchObject({ label: "panel" });
});

test("Cmd counts as Ctrl", () => {
  expect(keyName({ key: "K", metaKey: true, ctrlKey: false, altKey: false })).toBe("Ctrl+k");
  expect(keyName({ key: "?", metaKey: false, ctrlKey: false, altKey: false })).toBe("?");
});
