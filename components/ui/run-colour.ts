/** How a run is drawn on every page: a colour of the palette, and a mark that tells those of one colour apart. */
export interface RunColour {
  /** 0–9. */
  index: number;
  /** How its dot is filled. */
  mark: RunMark;
  /** For SVG and canvas: `var(--run-3)`. */
  colour: string;
  /** Goes with the mark, for `stroke-dasharray`; `undefined` is a full line. */
  dash: string | undefined;
  /** A class that sets `--run` to the colour, for content the server renders (where style attributes are refused). */
  className: string;
}

const paletteSize = 10;
const marks = ["full", "ring", "half", "square"] as const;
export type RunMark = (typeof marks)[number];
const dashes: Record<RunMark, string | undefined> = { full: undefined, ring: "5 3", half: "2 2", square: "8 3 2 3" };

/** The colour of a run by its id alone, so that it is the same on every page and after every reload. */
export function runColour(runId: string): RunColour {
  return colourAt(hash(runId));
}

/** The colour of a place in a list: neighbours differ, and it comes again only after all colours with all dashes. */
export function colourAt(place: number): RunColour {
  const index = place % paletteSize;
  const mark = marks[Math.floor(place / paletteSize) % marks.length]!;
  return {
    index,
    mark,
    colour: `var(--run-${index})`,
    dash: dashes[mark],
    className: `run-line-${index}`,
  };
}

/** FNV-1a, 32 bit, with a final mix so that low bits are well spread. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 7;
}
