import { formatDuration } from "../../ui/format.ts";
import { markOf } from "../../ui/status-mark.tsx";
import { escapeXml } from "../frame/export.ts";
import { shortName } from "../frame/short-name.ts";
import { fateOf } from "./describe.ts";
import { type GraphLayout, NODE_WIDTH } from "./layout.ts";
import type { GraphPicture } from "./prepare.ts";

const MOST_LETTERS = 28;

/** The graph as one SVG document; colours stand as variables of the theme. */
export function drawGraphSvg(
  picture: GraphPicture,
  { placed, width, height }: GraphLayout,
  direction: "LR" | "TB",
): string {
  const place = new Map(placed.map((one) => [one.process.id, one]));
  const edges = picture.edges.map(({ from, to }) => {
    const [a, b] = [place.get(from), place.get(to)];
    if (!a || !b) return "";
    const [x1, y1, x2, y2] =
      direction === "LR"
        ? [a.x + NODE_WIDTH, a.y + a.height / 2, b.x, b.y + b.height / 2]
        : [a.x + NODE_WIDTH / 2, a.y + a.height, b.x + NODE_WIDTH / 2, b.y];
    const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const curve = direction === "LR" ? `C${mx} ${y1} ${mx} ${y2} ${x2} ${y2}` : `C${x1} ${my} ${x2} ${my} ${x2} ${y2}`;
    return `<path d="M${x1} ${y1}${curve}" fill="none" stroke="var(--line-control)"/>`;
  });
  const nodes = placed.map(({ process, x, y, height: tall }) => {
    const mark = markOf(process.mark);
    const second = [fateOf(process), process.seconds === null ? "" : formatDuration(process.seconds)]
      .filter(Boolean)
      .join(" · ");
    return [
      `<rect x="${x}" y="${y}" width="${NODE_WIDTH}" height="${tall}" rx="6" fill="var(--canvas)" stroke="var(--line-control)"/>`,
      `<rect x="${x}" y="${y}" width="4" height="${tall}" fill="${mark.colour}"/>`,
      `<text x="${x + 14}" y="${y + 23}" font-size="13" font-weight="500" fill="var(--text)">${escapeXml(shortName(process.name, MOST_LETTERS))}</text>`,
      `<text x="${x + 14}" y="${y + 42}" font-size="11" fill="${mark.colour}">${escapeXml(`${mark.shape} ${second}`)}</text>`,
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">`,
    `<rect width="100%" height="100%" fill="var(--canvas)"/>`,
    ...edges,
    ...nodes,
    "</svg>",
  ].join("\n");
}
