// A burst at one ledger: who waits has sent nothing and may leave, and nobody waits for a call that hangs.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import type { LedgerClient } from '../../../src/activities/dependencies.js';
import { CALLS_AT_ONCE, inTurns } from '../../../src/activities/ledger-turns.js';
import { WAITS } from '../../../src/domain/timing.js';
import { VirtualClock } from '../../../src/testing/virtual-clock.js';

interface Called {
  readonly holder: string;
  readonly answer: () => void;
  readonly fail: () => void;
}

function burst() {
  const clock = new VirtualClock();
  const called: Called[] = [];
  const slow: LedgerClient = {
    acquire: (_array, { holder }) =>
      new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error('refused'));
        called.push({ holder, answer: () => resolve({ granted: true }), fail });
      }),
    release: () => Promise.resolve(),
    resolved: () => Promise.resolve(),
    grants: () => Promise.resolve([]),
    read: () => Promise.resolve({ grants: [], resolved: [] }),
  };
  const ledger = inTurns(slow, clock);
  const ask = (holder: string, array = 'svc1') => {
    const environment = new MockActivityEnvironment();
    const order = { holder, set: holder, sources: [], targets: [] };
    const answer = environment.run(() => ledger.acquire(array, order));
    answer.catch(() => undefined);
    return { answer, cancel: () => environment.cancel('CANCELLED') };
  };
  const holders = async (): Promise<string[]> => {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    return called.map(({ holder }) => holder);
  };
  return { clock, called, ask, holders };
}

const first = Array.from({ length: CALLS_AT_ONCE }, (_, at) => `h${at}`);

describe('calls to one ledger', () => {
  it('are so many at once, the others in the order in which they came', async () => {
    const { called, ask, holders } = burst();
    const asked = [...first, 'x', 'y'].map((holder) => ask(holder));
    expect(await holders()).toEqual(first);
    called[1]!.answer();
    expect(await holders()).toEqual([...first, 'x']);
    called[0]!.answer();
    expect(await holders()).toEqual([...first, 'x', 'y']);
    called.forEach(({ answer }) => answer());
    const answers = await Promise.all(asked.map(({ answer }) => answer));
    expect(answers).toEqual(asked.map(() => ({ granted: true })));
  });

  it('go on after one that failed', async () => {
    const { called, ask, holders } = burst();
    const [one] = [...first, 'x'].map((holder) => ask(holder));
    await holders();
    called[0]!.fail();
    await expect(one!.answer).rejects.toThrow('refused');
    expect(await holders()).toEqual([...first, 'x']);
  });

  it('are not sent any more once their activity is cancelled while it waits', async () => {
    const { called, ask, holders } = burst();
    const asked = [...first, 'gone', 'x'].map((holder) => ask(holder));
    await holders();
    asked[CALLS_AT_ONCE]!.cancel();
    await expect(asked[CALLS_AT_ONCE]!.answer).rejects.toThrow('CANCELLED');
    called[0]!.answer();
    expect(await holders()).toEqual([...first, 'x']);
  });

  it('wait for one that hangs no longer than a turn', async () => {
    const { clock, ask, holders } = burst();
    [...first, 'x'].forEach((holder) => ask(holder));
    await holders();
    await clock.advance(WAITS.ledgerTurn - 1);
    expect(await holders()).toEqual(first);
    await clock.advance(1);
    expect(await holders()).toEqual([...first, 'x']);
  });

  it('do not wait for those to another ledger', async () => {
    const { ask, holders } = burst();
    [...first, 'x'].forEach((holder) => ask(holder));
    ask('other', 'svc2');
    expect(await holders()).toEqual([...first, 'other']);
  });
});
