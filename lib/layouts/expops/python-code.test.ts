import { describe, expect, it } from "vitest";
import { reachFrom, readDefinitions } from "./python-code.ts";

const codeOf = (source: string, name: string) => readDefinitions(source).get(name)?.code;

describe("readDefinitions", () => {
  it("sees no change in comments, documentation, line breaks, indents, quotes and their place", () => {
    const one = `import numpy as np\n\ndef fit(x, *, alpha=0.5):\n    """Fits."""\n    # careful\n    return np.dot(x, alpha) + len('a b')\n`;
    const other = `def fit(\n  x, *,\n  alpha=0.5):  # well\n  return np.dot(x, \\\n     alpha) + len("a b")\n\n\n\nother = 1\n`;
    expect(codeOf(other, "fit")).toBe(codeOf(one, "fit"));
  });

  it("sees every change that may matter", () => {
    const base = "def f(x):\n    if x:\n        y = 1\n    return y\n";
    for (const [from, to] of [
      ["y = 1", "y = 2"],
      ["    return", "        return"],
      ["x:", "not x:"],
      ["(x)", "(x, z)"],
    ] as const) {
      expect(codeOf(base.replace(from, to), "f")).not.toBe(codeOf(base, "f"));
    }
    expect(codeOf("def f():\n    return '# no comment'\n", "f")).not.toBe(
      codeOf("def f():\n    return '# another'\n", "f"),
    );
  });

  it("finds functions with decorators, classes, coroutines and values, and takes the last of a name", () => {
    const source =
      "@step(\n  name='mix: rows',\n)\ndef mix(a): return a\nclass Net(Base):\n    depth: int = 3\nasync def go(): pass\nRATE: float = .1\nx = 1\nx = 2\nif True:\n    y = 1\n";
    const found = readDefinitions(source);
    expect([...found.keys()]).toEqual(["mix", "Net", "go", "RATE", "x"]);
    expect(found.get("x")?.code).toBe("0 x = 2");
    expect(found.get("mix")?.isPlainStep).toBe(false);
    expect(readDefinitions("@step()\ndef lift(x): pass").get("lift")?.isPlainStep).toBe(true);
    expect(readDefinitions("@step(name='lift')\ndef lift(x): pass").get("lift")?.isPlainStep).toBe(true);
  });

  it("takes any text, broken strings and brackets included", () => {
    for (const source of [
      "",
      "\\",
      "def",
      "def f(:\n  'open",
      '"""',
      "((((",
      "]]]",
      "\u{1f600} = 1",
      "@",
      "x =",
      "\t\tdef g(): pass",
    ]) {
      expect(readDefinitions(source)).toBeInstanceOf(Map);
    }
    expect(codeOf(`def f(x):\n    return "${"x".repeat(500_000)}"\n`, "f")?.length).toBeGreaterThan(500_000);
  });
});

describe("reachFrom", () => {
  it("follows names through the module, not attributes, argument names or own variables", () => {
    const source = [
      "B = 2",
      "def helper(): return B",
      "def alpha(): pass",
      "def local(): pass",
      "def given(): pass",
      "def f(x, *, given: list[int] = None):",
      "    local = x.alpha",
      "    return [helper(alpha=local) for alpha in given]",
    ].join("\n");
    expect([...(reachFrom("f", readDefinitions(source))?.keys() ?? [])]).toEqual(["f", "helper", "B"]);
    expect(reachFrom("missing", readDefinitions(source))).toBeNull();
  });
});
