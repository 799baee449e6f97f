import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("globals.css", import.meta.url), "utf8");
const themes = {
  light: readTokens(/:root \{([^}]*)\}/),
  dark: readTokens(/:root\[data-theme="dark"\] \{([^}]*)\}/),
};
const words = ["text", "text-quiet", "text-faint", "accent", "green", "blue", "red", "amber", "grey", "violet", "teal"];
const grounds = ["canvas", "frame", "hover", "selected", "floating"];

describe.each(Object.entries(themes))("the %s theme", (_, token) => {
  test.each(words)("%s reads on every ground", (word) => {
    for (const ground of grounds) expect.soft(contrast(token(word), token(ground)), ground).toBeGreaterThanOrEqual(4.5);
  });
  test.each(["accent-fill", "danger-fill"])("words on %s read", (fill) => {
    expect(contrast(token("on-accent"), token(fill))).toBeGreaterThanOrEqual(4.5);
  });
  test("the edge of a control and every run's colour stand out", () => {
    for (const mark of ["line-control", ...Array.from({ length: 10 }, (_, at) => `run-${at}`)]) {
      expect.soft(contrast(token(mark), token("canvas")), mark).toBeGreaterThanOrEqual(3);
    }
  });
  test("the runs' colours differ for every kind of colour sight", () => {
    const colours = Array.from({ length: 10 }, (_, at) => token(`run-${at}`));
    for (const sight of Object.values(sights)) {
      const seen = colours.map((colour) => toLab(multiply(sight, toLinear(colour))));
      const closest = seen.flatMap((one, at) => seen.slice(at + 1).map((other) => distance(one, other)));
      expect(Math.min(...closest)).toBeGreaterThanOrEqual(0.09);
    }
  });
});

/** Full protanopia, deuteranopia and tritanopia on linear RGB (Machado, Oliveira, Fernandes 2009, severity 1). */
const sights = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function readTokens(block: RegExp): (name: string) => string {
  const text = block.exec(css)?.[1] ?? "";
  const tokens = new Map([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
  return (name) => {
    const value = tokens.get(name);
    if (!value) throw new Error(`no token --${name}`);
    return value;
  };
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const light = [one, other].map((colour) => {
    const [red = 0, green = 0, blue = 0] = toLinear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  return (Math.max(...light) + 0.05) / (Math.min(...light) + 0.05);
}

function toLinear(colour: string): number[] {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.09) / 1.055) ** 2.4;
  });
}

/** OKLab (Ottosson 2020) of a linear colour. */
function toLab(linear: number[]): number[] {
  const cones = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear,
  ).map((cone) => Math.cbrt(Math.max(0, cone)));
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

function multiply(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, factor, at) => sum + factor * (vector[at] ?? 0), 0));
}

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.hypot(...one.map((part, at) => part - (other[at] ?? 0)));
}
