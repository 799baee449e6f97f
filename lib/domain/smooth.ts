/**
 * Exponential moving average, debiased, as TensorBoard draws it (tensorboard `vz_line_chart2/line-chart.ts`, `resmoothDataset`):
 * the running mean starts at zero and is divided by `1 - weight^n`, so that the first points are not pulled towards zero.
 * A value that is not finite is passed through and does not enter the mean; a constant series stays exactly as it is.
 *
 * @param weight 0 (no smoothing) up to, but not including, 1.
 */
export function smoothValues(values: Float64Array, weight: number): Float64Array {
  if (weight <= 0 || isConstant(values)) return values.slice();
  const smoothed = new Float64Array(values.length);
  let mean = 0;
  let debias = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      smoothed[i] = value;
      continue;
    }
    mean = mean * weight + (1 - weight) * value;
    debias *= weight;
    smoothed[i] = mean / (1 - debias);
  }
  return smoothed;
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
