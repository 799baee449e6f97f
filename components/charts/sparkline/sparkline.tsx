import { sparklinePath } from "./prepare.ts";

/** A line the size of a word: the shape of a series, no axes. Name it in `label`, with its figures. */
export function Sparkline({
  values,
  label,
  colour = "var(--text-quiet)",
  dash,
  width = 96,
  height = 24,
}: {
  values: readonly (number | null)[];
  label: string;
  colour?: string;
  dash?: string | undefined;
  width?: number;
  height?: number;
}) {
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className="shrink-0"
    >
      <path
        d={sparklinePath(values, width, height)}
        fill="none"
        stroke={colour}
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeLinecap="round"
        strokeDasharray={dash}
      />
    </svg>
  );
}
