/** Kernels stamp files with a clock that ticks every 1 to 10 ms. */
const tickMs = 50;
/** Some file systems keep whole seconds, or every other one. */
const coarseTickMs = 2_500;

/**
 * Whether a file with this time of change cannot change again without that time changing too. One that was just written can: within the same
 * tick of the clock. (Git calls such files racily clean: https://git-scm.com/docs/racy-git.)
 */
export function isSettled(modifiedNs: bigint): boolean {
  const isCoarse = modifiedNs % 1_000_000_000n === 0n;
  return Math.abs(Date.now() - Number(modifiedNs / 1_000_000n)) > (isCoarse ? coarseTickMs : tickMs);
}
