import { expect, test } from "vitest";
import { describeLive } from "./describe-live.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const fresh = { label: "wine-lab", status: "ready" as const, asOf: "2026-11-21T11:59:58Z", sweepSeconds: null };
const old = { label: "seeds", status: "ready" as const, asOf: "2026-11-21T11:59:48Z", sweepSeconds: null };
const lost = {
  label: "redis",
  status: "unreachable" as const,
  asOf: null,
  sweepSeconds: null,
  error: { code: "source_unavailable", message: "Connection refused.", since: "2026-11-21T11:48:00Z" },
};

test("all sources fresh is live", () => {
  expect(describeLive("live", [fresh], now).text).toBe("live");
});

test("the oldest source says how old the page may be", () => {
  expect(describeLive("live", [fresh, old], now).text).toBe("as of 12 s ago");
});

test("a lost source comes before age, a lost server before all", () => {
  expect(describeLive("live", [fresh, lost], now)).toMatchObject({ tone: "bad", text: "redis unreachable for 12 m" });
  expect(describeLive("reconnecting", [lost], now).text).toBe("reconnecting");
  expect(describeLive("paused", [lost], now).text).toBe("paused");
});

test("a stream that is held back says how often everything is read, unless a source is lost", () => {
  expect(describeLive("polling", [fresh], now)).toMatchObject({ tone: "worn", text: "every 10 s" });
  expect(describeLive("polling", [lost], now).text).toBe("redis unreachable for 12 m");
});

test("a source that does not tell of changes says how often it is looked at", () => {
  expect(describeLive("live", [fresh, { ...fresh, label: "redis", sweepSeconds: 40 }], now).reason).toBe(
    "Changes show as they are found.\nredis is looked at every 40 s.",
  );
});
