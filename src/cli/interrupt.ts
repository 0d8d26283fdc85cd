// Ctrl-C, SIGTERM, a terminal that is gone: what a command does then. Promise: there is no moment at which a signal only tears the process away.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How many parts of this command decide themselves what a signal means. */
let deciding = 0;

function listen(listener: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

/** Calls `first`, then `second`. Answers how to stop listening. */
export function onInterrupt(
  first: (signal: NodeJS.Signals) => void,
  second: () => void,
): () => void {
  let count = 0;
  deciding += 1;
  const stop = listen((signal) => {
    count += 1;
    if (count === 1) first(signal);
    else second();
  });
  return () => {
    stop();
    deciding -= 1;
  };
}

/** Calls `end` for a signal that comes while nobody else decides, e.g. while a server starts. Answers how to stop listening. */
export const onEarlyInterrupt = (end: (signal: NodeJS.Signals) => void): (() => void) =>
  listen((signal) => {
    if (deciding === 0) end(signal);
  });

/** Resolves on the first signal; the second one ends the process at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    onInterrupt(
      () => {
        resolve();
      },
      () => {
        process.exit(130);
      },
    );
  });
}

/** A signal during this work is kept for afterwards: a run that is being started is not left behind without a word. */
export async function keepingInterrupts<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly interrupted: boolean }> {
  let interrupted = false;
  const stop = onInterrupt(
    () => (interrupted = true),
    () => process.exit(130),
  );
  try {
    const value = await work();
    return { value, interrupted };
  } finally {
    stop();
  }
}
