// A night's burst: copies of one array that all start at once, through the product's own worker on a real server. `npm run bench:burst` is the same with 200.
import { describe, expect, it } from 'vitest';
import { runBurst } from '../../bench/burst/burst.js';

const COPIES = 40;

describe('copies that start at once', () => {
  it('all have their locks at the first try, and the server refuses no update of the ledger', async () => {
    const { failed, lockedAfterMs, repeats, refused, endedAfterMs, ledgerEvents } =
      await runBurst(COPIES);
    console.log(
      `last lock after ${lockedAfterMs.at(-1)} ms, all ended after ${endedAfterMs} ms, ledger ${ledgerEvents.join('+')} events`,
    );
    expect(failed).toEqual({});
    expect(lockedAfterMs).toHaveLength(COPIES);
    expect(Object.keys(repeats).filter((what) => what.includes('LEDGER_UNREACHABLE'))).toEqual([]);
    // The server drops a task of the ledger with each update it refuses; a busy machine may lose one on its own.
    expect(refused['RespondWorkflowTaskCompleted NOT_FOUND'] ?? 0).toBeLessThan(3);
  });
});
