import { describe, expect, it } from "vitest";
import { askFor, growAsked } from "./asked-columns.ts";

describe("the columns that rows are asked for", () => {
  it("are those with values, whichever figure of a metric is shown", () => {
    expect(growAsked([], ["name", "metric:a", "metric:a~min", "param:b"])).toEqual(["metric:a", "param:b"]);
  });

  it("stay when one is hidden, so that nothing is read again", () => {
    const asked = growAsked([], ["metric:a", "metric:b"]);
    expect(growAsked(asked, ["metric:b"])).toBe(asked);
    expect(growAsked(asked, ["metric:b", "metric:c"])).toEqual(["metric:a", "metric:b", "metric:c"]);
  });

  it("are all when they would not fit into an address", () => {
    const ids = Array.from({ length: 201 }, (_, index) => `metric:${index}`);
    expect(askFor(ids)).toEqual({});
    expect(askFor(ids.slice(0, 200))).toEqual({ columns: ids.slice(0, 200) });
  });
});
