import { expect, test } from "vitest";
import { applyUrlChange, readList, writeList } from "./url-state.ts";

test("a change keeps what it does not mention", () => {
  expect(applyUrlChange("?q=loss&sort=started", { sort: "-name", q: null, group: "status" })).toBe(
    "sort=-name&group=status",
  );
});

test.each([[["a", "b"]], [["with,comma", "with\\slash"]], [["日本", "a b"]], [["one"]]])(
  "the list %j survives the address",
  (items) => {
    expect(readList(writeList(items))).toEqual(items);
  },
);

test("an address stays readable", () => {
  expect(applyUrlChange("", { columns: "name,metric:a~min", open: "s/r" })).toBe("columns=name,metric:a~min&open=s/r");
});

test("an empty list is no value", () => {
  expect(writeList([])).toBeNull();
  expect(readList(null)).toEqual([]);
});
