// The longest gap a writer saw: between two acknowledgements that follow each other, near the pause, by the guest's own clock.
import type { Acknowledgement } from '../../lab/writer/records.js';

/** ms before and after the pause that count as near. */
const NEAR_MS = 1_000;

export function longestGap(
  acknowledgements: readonly Acknowledgement[],
  window: { readonly fromMs: number; readonly toMs: number },
): number {
  const near = acknowledgements
    .map(({ ackMs }) => ackMs)
    .filter((at) => at >= window.fromMs - NEAR_MS && at <= window.toMs + NEAR_MS);
  if (near.length < 2) throw new Error('the writer was idle around the pause');
  return near.slice(1).reduce((longest, at, index) => Math.max(longest, at - (near[index] ?? at)), 0);
}
