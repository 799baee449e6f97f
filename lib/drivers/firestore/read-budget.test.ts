import { describe, expect, it } from "vitest";
import { createReadBudget } from "./read-budget.ts";

const minute = 60_000;

describe("the budget of reads", () => {
  it("gives what is left but for a tenth, then refuses and says until when", () => {
    let now = Date.parse("2026-11-27T10:00:00Z");
    const budget = createReadBudget(100, () => now);
    expect(budget.take(60)).toBe(60);
    now += 10 * minute;
    expect(budget.take(60)).toBe(30);
    expect(() => budget.take(1)).toThrow(
      expect.objectContaining({ code: "too_many", remedy: expect.stringContaining("11:00 UTC") }),
    );
    expect(budget.state()).toEqual({
      read: expect.any(Number),
      used: 90,
      most: 100,
      freeAt: Date.parse("2026-11-27T11:00:15Z"),
    });
    now = Date.parse("2026-11-27T11:00:15Z");
    expect(budget.state()).toEqual({ read: expect.any(Number), used: 30, most: 100, freeAt: null });
    expect(budget.take(1)).toBe(1);
  });

  it("keeps the last tenth for what a person waits for", () => {
    const budget = createReadBudget(100);
    expect(budget.take(1_000)).toBe(90);
    expect(budget.take(1_000, 0.5)).toBe(5);
    expect(() => budget.take(1, 0.5)).toThrow(expect.objectContaining({ code: "too_many" }));
    expect(budget.take(1_000, 1)).toBe(5);
    expect(() => budget.take(1, 1)).toThrow(expect.objectContaining({ code: "too_many" }));
  });

  it("goes on where another ended, within the hour", () => {
    let now = Date.parse("2026-11-27T10:00:00Z");
    const before = createReadBudget(100, () => now);
    before.add(80);
    now += 30 * minute;
    const after = createReadBudget(100, () => now, JSON.parse(JSON.stringify(before.steps())));
    expect(after.state()).toMatchObject({ read: 0, used: 80, freeAt: null });
    expect(after.take(60)).toBe(10);
    now += 31 * minute;
    expect(after.state().used).toBe(10);
    expect(after.steps()).toHaveLength(1);
  });

  it("gives back what was not used, and counts what came on top", () => {
    const budget = createReadBudget(100);
    budget.settle(budget.take(50), 3);
    budget.settle(budget.take(1), 12);
    expect(budget.state().used).toBe(15);
  });

  it("counts watches beyond the most, and frees up only when enough has left the hour", () => {
    let now = Date.parse("2026-11-27T10:00:00Z");
    const budget = createReadBudget(10, () => now);
    budget.add(5);
    now += minute;
    budget.add(500);
    expect(budget.state()).toEqual({
      read: expect.any(Number),
      used: 505,
      most: 10,
      freeAt: Date.parse("2026-11-27T11:01:15Z"),
    });
    now += 60 * minute;
    expect(() => budget.take(1)).toThrow();
    now += minute;
    expect(budget.take(20)).toBe(9);
  });

  it("never gives any where none may be read", () => {
    expect(() => createReadBudget(0).take(1)).toThrow(expect.objectContaining({ code: "too_many" }));
  });
});
