import { describe, expect, it } from "vitest";
import { readPythonYaml } from "./python-yaml.ts";

const readValue = (text: string) => readPythonYaml(text).value;

describe("readPythonYaml", () => {
  it("gives what PyYAML gives for every kind of scalar", () => {
    expect(readValue("[1, -7, 0x1F, 0b101, 010, 08, 1_000, 1:30]")).toEqual([1, -7, 31, 5, 8, "08", 1000, 90]);
    expect(readValue("[1.5, 1e-3, 1.0e-3, 1.5e3, .5, -.inf, 6.02e+23]")).toEqual([
      1.5,
      "1e-3",
      0.001,
      "1.5e3",
      0.5,
      Number.NEGATIVE_INFINITY,
      6.02e23,
    ]);
    expect(readValue("[yes, No, on, y, true, ~, null, '']")).toEqual([true, false, true, "y", true, null, null, ""]);
    expect(readValue("['12', 2026-11-20, 12345678901234567890]")).toEqual(["12", "2026-11-20", 12345678901234567890n]);
    expect(readValue(".nan")).toBeNaN();
  });

  it("follows anchors and merges", () => {
    expect(readValue("base: &b {alpha: 1, beta: 2}\nown:\n  <<: *b\n  beta: 3\n")).toEqual({
      base: { alpha: 1, beta: 2 },
      own: { alpha: 1, beta: 3 },
    });
  });

  it("keeps the last of two equal keys and says so", () => {
    expect(readPythonYaml("a: 1\nb: 2\na: 3\n")).toEqual({
      value: { a: 3, b: 2 },
      problems: ["the key in line 3 is given twice; the last one counts"],
    });
  });

  it("refuses an alias bomb, a knot and a deep nest instead of hanging", () => {
    const lines = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`),
    ];
    expect(readPythonYaml(lines.join("\n"))).toEqual({
      value: undefined,
      problems: [expect.stringContaining("more than 100000 values")],
    });
    expect(readPythonYaml("a: &a [*a]")).toEqual({
      value: undefined,
      problems: [expect.stringContaining("nested deeper")],
    });
    expect(readPythonYaml("[".repeat(200_000))).toMatchObject({ value: undefined, problems: [expect.any(String)] });
    expect(readPythonYaml(`${"[".repeat(5_000)}${"]".repeat(5_000)}`)).toMatchObject({ value: undefined });
  });

  it("knows the tags of safe_load, and no others", () => {
    expect(readValue("[!!str 12, !!float '1', !!binary aGk=, !!timestamp 2026-11-20, !!set {a, b}]")).toEqual([
      "12",
      1,
      "aGk=",
      "2026-11-20",
      ["a", "b"],
    ]);
    expect(readPythonYaml("a: !!python/object:os.system {}")).toEqual({
      value: undefined,
      problems: [expect.stringContaining("unknown mapping tag")],
    });
  });

  it("takes nothing for null, and refuses two documents", () => {
    expect(readPythonYaml("")).toEqual({ value: null, problems: [] });
    expect(readPythonYaml("a: 1\n---\nb: 2\n")).toEqual({
      value: undefined,
      problems: [expect.stringContaining("more than one document")],
    });
  });

  it("says where broken text breaks", () => {
    expect(readPythonYaml('metadata:\n  name: "cut off')).toEqual({
      value: undefined,
      problems: [expect.stringContaining("not valid YAML near line 2, column 17")],
    });
  });

  it("keeps a key named __proto__ as a key", () => {
    expect(Object.keys(readValue("__proto__: 5") as object)).toEqual(["__proto__"]);
  });
});
