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
  return near
    .slice(1)
    .reduce((longest, at, index) => Math.max(longest, at - (near[index] ?? at)), 0);
}

/** Of a pause whose bounds the guest's own clock gave: ms from the last acknowledgement to its begin, and from its end to the next one. */
export function waitsAround(
  acknowledgements: readonly Acknowledgement[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): { readonly beforeMs: number; readonly afterMs: number } {
  const times = acknowledgements.map(({ ackMs }) => ackMs);
  const last = times.findLast((at) => at <= fromMs) ?? Number.NaN;
  const next = times.find((at) => at >= toMs) ?? Number.NaN;
  return { beforeMs: fromMs - last, afterMs: next - toMs };
}
