import { describe, expect, it } from "vitest";
import { revealOnAxis } from "./view.ts";

describe("revealOnAxis", () => {
  const axis = { offset: 0, size: 300, extent: 1000 };

  it("leaves the view where the node is in sight", () => {
    expect(revealOnAxis({ ...axis, offset: -100 }, 120, 60)).toBe(-100);
  });

  it("brings a node that is out of sight to the middle", () => {
    expect(revealOnAxis(axis, 500, 60)).toBe(-380);
  });

  it("shows no empty room before the graph or after it", () => {
    expect(revealOnAxis({ ...axis, offset: -500 }, 8, 60)).toBe(0);
    expect(revealOnAxis(axis, 930, 60)).toBe(-700);
    expect(revealOnAxis({ offset: -250, size: 300, extent: 200 }, 8, 60)).toBe(0);
  });
});
