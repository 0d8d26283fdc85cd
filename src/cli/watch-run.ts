// Follows one run to its end, shows it, and answers its last word. Ctrl-C means what `onInterrupt` is given.
import type { CopyHandle } from '../client/index.js';
import { FlashCopyError } from '../domain/errors.js';
import type { Report } from '../domain/report.js';
import { onInterrupt } from './interrupt.js';
import type { Output } from './output.js';
import { createProgressView, type ProgressView } from './progress-view.js';

/** Left alone by a second Ctrl-C. */
const detached = (message: string): FlashCopyError =>
  new FlashCopyError({ family: 'state', code: 'DETACHED', message, outcome: 'unknown' });

export interface Interruption {
  /** The first signal; true: it leaves the run alone already. */
  first(view: ProgressView, signal: NodeJS.Signals): boolean;
  /** What is said at the second one. */
  readonly detachedNote: () => string;
}

/** Throws CopyFailedError as `result` does; DETACHED after the second Ctrl-C. */
export async function watchRun(
  copy: CopyHandle,
  output: Output,
  interruption: Interruption,
): Promise<Report> {
  const view = createProgressView(output);
  const left = new AbortController();
  const stopListening = onInterrupt(
    (signal) => {
      if (interruption.first(view, signal)) left.abort();
    },
    () => {
      left.abort();
    },
  );
  const leftAlone = new Promise<never>((_, reject) => {
    left.signal.addEventListener('abort', () => {
      reject(detached(interruption.detachedNote()));
    });
  });
  try {
    return await Promise.race([leftAlone, followToEnd(copy, view, left.signal)]);
  } finally {
    stopListening();
    view.end();
  }
}

async function followToEnd(
  copy: CopyHandle,
  view: ProgressView,
  signal: AbortSignal,
): Promise<Report> {
  const patience = {
    signal,
    onAway: ({ message }: Error) => view.note(`${message}; waiting for the server`),
  };
  for await (const report of copy.follow(patience)) view.show(report);
  return copy.result(patience);
}
