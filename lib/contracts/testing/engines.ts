/**
 * Whether a suite of this engine is to run: all do unless `ENGINES=redis,sqlite` narrows them. An engine that is wanted and not installed
 * fails its suite: a suite that skips by itself proves nothing.
 */
export function isEngineWanted(engine: string): boolean {
  const wanted = process.env.ENGINES?.split(",").map((name) => name.trim());
  return wanted === undefined || wanted.includes(engine);
}
