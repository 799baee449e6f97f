import { describe, expect, it } from "vitest";
import { configureSources } from "./source-config.ts";

describe("configureSources", () => {
  it("names a source by its location, not by its credentials or its place in the list", () => {
    const [first, second] = configureSources([{ target: "redis://ada:one@h/0" }, { target: "./lab" }], "/w");
    const [again, other] = configureSources([{ target: "/w/lab" }, { target: "redis://bob:two@h:6379" }], "/elsewhere");
    expect(again?.id).toBe(second?.id);
    expect(other?.id).toBe(first?.id);
    expect(first?.label).not.toContain("one");
  });

  it("keeps the id and label that the settings file gives", () => {
    const [source] = configureSources(
      [{ target: "./lab", id: "lab", label: "Our lab", environment: "production" }],
      "/w",
    );
    expect(source).toMatchObject({ id: "lab", label: "Our lab", environment: "production" });
  });

  it("tells two folders of one name apart", () => {
    const labels = configureSources([{ target: "./a/ws" }, { target: "./b/ws" }, { target: "./c" }], "/w").map(
      ({ label }) => label,
    );
    expect(labels).toEqual(["a/ws", "b/ws", "c"]);
  });

  it("refuses one source twice", () => {
    expect(() => configureSources([{ target: "./lab" }, { target: "/w/lab" }], "/w")).toThrow(
      expect.objectContaining({ code: "bad_request" }),
    );
  });
});
