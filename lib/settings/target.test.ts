import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import { parseTarget } from "./target.ts";

describe("parseTarget", () => {
  it("joins parts at a plus sign only where a new part begins", () => {
    expect(parseTarget("redis://localhost:6379/0+./workspace", "/home/ada")).toEqual([
      { scheme: "redis", url: "redis://localhost:6379/0" },
      { scheme: "folder", path: "/home/ada/workspace" },
    ]);
    expect(parseTarget("./a+b", "/w")).toEqual([{ scheme: "folder", path: "/w/a+b" }]);
    expect(parseTarget("./a+/b+~/c+../d", "/w/x")).toEqual([
      { scheme: "folder", path: "/w/x/a" },
      { scheme: "folder", path: "/b" },
      { scheme: "folder", path: `${homedir()}/c` },
      { scheme: "folder", path: "/w/d" },
    ]);
  });

  it("takes a database file by its scheme", () => {
    expect(parseTarget("sqlite:lab/.lab/metrics.sqlite", "/w")).toEqual([
      { scheme: "sqlite", path: "/w/lab/.lab/metrics.sqlite" },
    ]);
  });

  it("takes a Firestore database and a bucket by their addresses", () => {
    expect(parseTarget("firestore://demo-lab+gs://lab-bucket/team/a/", "/w")).toEqual([
      { scheme: "firestore", project: "demo-lab", database: null },
      { scheme: "gs", bucket: "lab-bucket", prefix: "team/a" },
    ]);
    expect(parseTarget("firestore://example.com:old-lab/second", "/w")).toEqual([
      { scheme: "firestore", project: "example.com:old-lab", database: "second" },
    ]);
  });

  it.each([
    "mongodb://host",
    "",
    "redis://",
    "redis://host/not-a-number",
    "firestore://",
    "firestore://demo-lab/a/b",
    "gs://",
    "gs://Upper",
  ])("refuses %j with a remedy", (target) => {
    expect(() => parseTarget(target, "/w")).toThrow(
      expect.objectContaining({ code: "bad_request", remedy: expect.stringMatching(/\S/) }),
    );
  });

  it("never repeats a password in its message", () => {
    expect(() => parseTarget("redis://ada:hunter2@/x", "/w")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });
});
