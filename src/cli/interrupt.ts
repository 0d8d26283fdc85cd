// Ctrl-C during a run: the first one asks the run to stop and to undo what it did; the second one leaves it alone.
/** Calls `first`, then `second`, on SIGINT or SIGTERM. Answers how to stop listening. */
export function onInterrupt(first: () => void, second: () => void): () => void {
  let count = 0;
  const listener = (): void => {
    count += 1;
    if (count === 1) first();
    else second();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}

/** Resolves on the first SIGINT or SIGTERM. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const stop = onInterrupt(
      () => {
        resolve();
      },
      () => {
        stop();
        process.exit(130);
      },
    );
  });
}
