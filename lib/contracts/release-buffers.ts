const worthwhileBytes = 1024 * 1024;

/**
 * Gives back buffers of so many bytes that were just let go: V8 counts them late, so a long download would hold dozens of MiB of what is sent already.
 * Does nothing where Node runs without `--expose-gc`.
 */
export function releaseBuffers(bytes: number): void {
  if (bytes >= worthwhileBytes) globalThis.gc?.({ type: "minor" });
}
