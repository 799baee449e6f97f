/** Takes from several streams as each has something. Ends when all ended; the first that fails ends the others and is thrown. */
export async function* mergeStreams<Item>(
  starts: readonly ((ending: AbortSignal) => AsyncIterable<Item>)[],
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const stopping = new AbortController();
  const ending = AbortSignal.any([signal, stopping.signal]);
  const streams = starts.map((start) => start(ending)[Symbol.asyncIterator]());
  const next = (index: number) => {
    const step = (streams[index] as AsyncIterator<Item>).next().then((result) => ({ index, result }));
    // It may fail while the taker is at work and nobody waits; the next wait tells.
    step.catch(() => undefined);
    return step;
  };
  const pending = new Map(streams.map((_, index) => [index, next(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      pending.delete(index);
      if (result.done) continue;
      yield result.value;
      // Not before: what is asked for ahead may cost.
      pending.set(index, next(index));
    }
  } finally {
    stopping.abort();
    await Promise.allSettled(pending.values());
    await Promise.allSettled(streams.map((stream) => stream.return?.()));
  }
}
