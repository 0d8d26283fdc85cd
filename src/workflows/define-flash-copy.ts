// `flashCopy` with steps of your own, at five places; the order of everything else stays ours.
import type { Report } from '../domain/report.js';
import { flashCopyWith } from './flash-copy.workflow.js';
import { Hooks, type FlashCopyHooks } from './hooks.js';
import type { FlashCopyInput } from './messages.js';
import { versioned } from './versioning.js';

/**
 * A workflow that is `flashCopy` and these steps; export it under the name of its type. Its input is
 * that of `flashCopy`, with whatever fields of your own the steps read.
 */
export function defineFlashCopy<Input extends FlashCopyInput = FlashCopyInput>(
  hooks: FlashCopyHooks<Input>,
): (input: Input) => Promise<Report> {
  const workflow = (input: Input): Promise<Report> => flashCopyWith(input, new Hooks(hooks, input));
  versioned('PINNED', workflow);
  return workflow;
}
