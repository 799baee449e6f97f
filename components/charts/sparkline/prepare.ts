/**
 * The `d` of a small line through `values` in a box, gaps where a value is not finite, a dash where only one is.
 * @param pad room at the edges for the line's width, pixels.
 */
export function sparklinePath(values: readonly (number | null)[], width: number, height: number, pad = 1.5): string {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (finite.length === 0) return "";
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const y = (value: number) =>
    high === low ? height / 2 : height - pad - ((value - low) / (high - low)) * (height - 2 * pad);
  const x = (index: number) =>
    values.length === 1 ? width / 2 : pad + (index / (values.length - 1)) * (width - 2 * pad);
  if (values.length === 1) return `M${pad} ${y(finite[0] as number).toFixed(1)}H${width - pad}`;
  let path = "";
  let pen = false;
  values.forEach((value, index) => {
    const draws = isDrawn(value);
    if (draws) {
      path += `${pen ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      const alone = !pen && !isDrawn(values[index + 1]);
      if (alone) path += "h0.1";
    }
    pen = draws;
  });
  return path;
}

function isDrawn(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
