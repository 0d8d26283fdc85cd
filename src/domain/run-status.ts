// What the Temporal server says of a run. Promise: only what has ended counts as ended; a paused run, and what a later server may add, has not.

const ENDED: ReadonlySet<string> = new Set([
  ...['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT', 'CONTINUED_AS_NEW'],
  'NOT_FOUND', // retention took it, or it never was
]);

export const isEnded = (status: string): boolean => ENDED.has(status);
