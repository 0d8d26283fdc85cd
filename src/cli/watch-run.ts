// Follows one run to its end, shows it, and answers its last word. Ctrl-C means what `onInterrupt` is given.
import type { CopyHandle } from '../client/index.js';
import type { Report } from '../domain/report.js';
import { onInterrupt } from './interrupt.js';
import type { Output } from './output.js';
import { createProgressView, type ProgressView } from './progress-view.js';

/** Left alone by a second Ctrl-C. */
export class Detached extends Error {}

export interface Interruption {
  /** The first Ctrl-C. */
  first(view: ProgressView): void;
  /** What is said at the second one. */
  readonly detachedNote: () => string;
}

/** Throws CopyFailedError as `result` does; throws Detached after the second Ctrl-C. */
export async function watchRun(
  copy: CopyHandle,
  output: Output,
  interruption: Interruption,
): Promise<Report> {
  const view = createProgressView(output);
  const left = new AbortController();
  const stopListening = onInterrupt(
    () => {
      interruption.first(view);
    },
    () => {
      left.abort();
    },
  );
  const detached = new Promise<never>((_, reject) => {
    left.signal.addEventListener('abort', () => {
      reject(new Detached(interruption.detachedNote()));
    });
  });
  try {
    return await Promise.race([detached, followToEnd(copy, view, left.signal)]);
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
