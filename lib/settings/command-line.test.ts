import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./command-line.ts";

describe("parseCommandLine", () => {
  it("serves on loopback when nothing is said", () => {
    expect(parseCommandLine([])).toEqual({
      command: "serve",
      targets: [],
      why: null,
      json: false,
      port: null,
      host: "127.0.0.1",
      config: null,
      readOnly: false,
      open: true,
      dev: false,
    });
  });

  it("reads what doctor looks at, and how it answers", () => {
    expect(parseCommandLine(["doctor"])).toMatchObject({ command: "doctor", targets: [], json: false });
    expect(parseCommandLine(["doctor", "./a", "--json"])).toMatchObject({ targets: ["./a"], json: true });
    expect(() => parseCommandLine(["./a", "--json"])).toThrow(/trialdeck doctor/);
  });

  it("reads targets with or without the word serve", () => {
    expect(parseCommandLine(["serve", "./a", "./b", "--no-open"])).toMatchObject({
      targets: ["./a", "./b"],
      open: false,
    });
    expect(parseCommandLine(["./a", "--port", "0", "--read-only"])).toMatchObject({
      targets: ["./a"],
      port: 0,
      readOnly: true,
    });
  });

  it("reads what is asked why; without a run it is the latest", () => {
    expect(parseCommandLine(["why", "./a"])).toMatchObject({
      command: "why",
      targets: ["./a"],
      why: { run: null, process: null, step: null, json: false },
    });
    expect(parseCommandLine(["why", "./a", "9f60b212", "fit", "solve: x", "--json"]).why).toEqual({
      run: "9f60b212",
      process: "fit",
      step: "solve: x",
      json: true,
    });
  });

  it("knows one thing to do with the audit", () => {
    expect(parseCommandLine(["audit", "verify"])).toMatchObject({ command: "audit-verify", targets: [] });
    for (const words of [["audit"], ["audit", "erase"], ["audit", "verify", "./a"]])
      expect(() => parseCommandLine(words)).toThrow(expect.objectContaining({ code: "bad_request" }));
  });

  it.each([
    ["--port", "70000"],
    ["--port", "x"],
    ["--nonsense"],
    ["demo", "./a"],
    ["schema", "./a"],
    ["why"],
    ["--json"],
    ["token"],
  ])("refuses %s %s with the usage", (...words) => {
    expect(() => parseCommandLine(words)).toThrow(
      expect.objectContaining({ code: "bad_request", remedy: expect.stringContaining("TARGET") }),
    );
  });
});
