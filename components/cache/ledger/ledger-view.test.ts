import { expect, it } from "vitest";
import { filterOf, readView } from "./ledger-view.ts";

const view = (address: string) => {
  const params = new URLSearchParams(address);
  return readView((name) => params.get(name));
};
const now = Date.parse("2026-11-27T21:00:00Z");

it("reads the address, and what is none is nothing", () => {
  expect(view("by=run&days=30&sort=-hits&chart=day")).toMatchObject({
    by: "run",
    days: 30,
    sort: "-hits",
    chart: "day",
  });
  expect(view("by=colour&days=5&from=soon")).toMatchObject({ by: "process", days: null, from: null, chart: "run" });
});

it("counts the days of today, and the last day chosen wholly", () => {
  expect(filterOf(view("days=7"), now)).toEqual({ from: "2026-11-21" });
  expect(filterOf(view("from=2026-11-01&to=2026-11-30&source=a"), now)).toEqual({
    source: "a",
    from: "2026-11-01",
    to: "2026-12-01",
  });
  expect(filterOf(view(""), now)).toEqual({});
});
