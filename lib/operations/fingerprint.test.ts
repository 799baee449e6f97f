import { expect, it } from "vitest";
import type { KeptPlanItem } from "../state/plans.ts";
import { fingerprintOf } from "./fingerprint.ts";

const item = (name: string, token = "t"): KeptPlanItem => ({
  entryId: name,
  of: "entry",
  key: name,
  process: null,
  step: null,
  bytes: null,
  createdAt: null,
  locators: [name],
  reason: "chosen",
  token,
  holders: [],
});

it("is of the contents of one store, in whatever order they were found", async () => {
  const items = ["a", "b", "c"].map((name) => item(name));
  const whole = await fingerprintOf("src", "store", items);
  expect(await fingerprintOf("src", "store", items.toReversed())).toBe(whole);
  const others = await Promise.all([
    fingerprintOf("src", "another", items),
    fingerprintOf("src", "store", items.slice(1)),
    fingerprintOf("src", "store", [...items, item("a")]),
    fingerprintOf("src", "store", [item("a", "newer"), ...items.slice(1)]),
    fingerprintOf("src", "store", [{ ...item("a"), change: { life: { from: 1, to: null } } }, ...items.slice(1)]),
  ]);
  expect(new Set([whole, ...others]).size).toBe(6);
});
