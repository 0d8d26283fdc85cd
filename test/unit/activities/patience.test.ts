// What an activity does with its failures: repeated until its patience is over, counted in time; a
// person is called once, and told when it works again.
import { MockActivityEnvironment } from '@temporalio/testing';
import { type ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import type { ActivityDependencies } from '../../../src/activities/index.js';
import { withFailureBoundary } from '../../../src/activities/failure-boundary.js';
import { withPatience } from '../../../src/activities/patience.js';
import { FlashCopyError, type RetryAdvice } from '../../../src/domain/errors.js';
import type { SignedNotice } from '../../../src/domain/notice.js';
import type { Patience } from '../../../src/domain/patience.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { failure } from './san.js';

const MINUTE = 60_000;
const AWAY = { family: 'transport', code: 'UNREACHABLE', message: 'dev1 is away' } as const;
const quiet = new DefaultLogger('ERROR', () => undefined);

/** One activity, tried as a server tries it. */
function tried(patience: Patience, work: () => unknown) {
  const clock = new VirtualClock();
  const notices: SignedNotice[] = [];
  const notifier = {
    send: (_: string, notice: SignedNotice) => Promise.resolve(notices.push(notice) > 0),
  };
  const body = async (_order: unknown, _patience?: Patience): Promise<unknown> =>
    Promise.resolve(work());
  const deps = { clock, notifier } as unknown as ActivityDependencies;
  const { activity } = withFailureBoundary(withPatience({ activity: body }, deps), () => []);
  let heartbeatDetails: unknown;
  let attempt = 0;
  const next = async (): Promise<unknown> => {
    attempt += 1;
    const environment = new MockActivityEnvironment(
      { attempt, heartbeatDetails, activityType: 'flashCopyPresent' },
      { logger: quiet },
    );
    environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    return environment.run(activity, { set: 'nightly', target: { host: 'dev1' } }, patience);
  };
  return { clock, notices, next };
}

const throws = (error: Error) => (): never => {
  throw error;
};
const away = (retry: RetryAdvice = 'safe'): FlashCopyError =>
  new FlashCopyError({ ...AWAY, retry });

describe('an activity that insists', () => {
  it('is repeated whatever it fails with, later and later, and keeps its error', async () => {
    const { next } = tried({ insists: true }, throws(away('never')));
    const waits: unknown[] = [];
    for (let time = 0; time < 8; time += 1) {
      const failed: unknown = await next().catch((error: unknown) => error);
      expect(failed).toMatchObject({ type: 'UNREACHABLE', nonRetryable: false });
      waits.push((failed as ApplicationFailure).nextRetryDelay);
    }
    expect(waits).toEqual([
      ...[10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000],
    ]);
  });
});

describe('an activity that fails', () => {
  it('is repeated for as long as its patience says, and not a time more', async () => {
    const { clock, next } = tried({ ms: MINUTE }, throws(away()));
    const ends = [];
    for (let time = 0; time < 8; time += 1) {
      ends.push((await failure(next())).details);
      await clock.advance(10_000);
    }
    const retries = ends.map((data) => (data as { retry: RetryAdvice }).retry);
    expect(retries.indexOf('never')).toBe(6);
  });

  it.each([
    ['a host that answers with a failure', 2, { family: 'host', code: 'TOOL_FAILED' } as const],
    ['a host that is away', 720, AWAY],
  ])('is given up for %s after %d min of twelve hours', async (_, minutes, what) => {
    const failing = new FlashCopyError({ ...AWAY, ...what, retry: 'safe' });
    const { clock, next } = tried({ ms: 12 * 60 * MINUTE }, throws(failing));
    const began = clock.now();
    for (let retry = ''; retry !== 'never'; await clock.advance(10_000))
      ({ retry } = (await failure(next())).details as { retry: RetryAdvice });
    expect(Math.round((clock.now() - began) / MINUTE)).toBe(minutes);
  });

  it('keeps its outcome and says how long it was tried', async () => {
    const { clock, next } = tried({ ms: 5_000 }, throws(away('after-check')));
    await failure(next());
    await clock.advance(10_000);
    expect(await failure(next())).toMatchObject({
      type: 'UNREACHABLE',
      details: { outcome: 'not-done', retry: 'never' },
    });
  });

  it.each([
    ['a definite refusal', away('never'), true],
    ['a worker that is shut down', new CancelledFailure('WORKER_SHUTDOWN'), undefined],
  ])('counts nothing for %s', async (_, error, ended) => {
    const { next } = tried({ ms: 0 }, throws(error));
    const thrown = await next().catch((caught: unknown) => caught);
    expect((thrown as { nonRetryable?: boolean }).nonRetryable).toBe(ended);
  });

  it('calls a person after minutes, once, and calls that off when it works again', async () => {
    let broken = true;
    const { clock, notices, next } = tried({ callAfterMs: MINUTE }, () => {
      if (broken) throw away();
      return 'done';
    });
    for (let time = 0; time < 20; time += 1) {
      await failure(next());
      await clock.advance(10_000);
    }
    expect(new Set(notices.map(({ what }) => what))).toEqual(new Set(['outage']));
    expect(notices).toHaveLength(2); // one for each way
    expect(notices[0]).toMatchObject({ set: 'nightly', host: 'dev1' });
    expect(notices[0]?.why).toContain('dev1 is away');
    broken = false;
    expect(await next()).toBe('done');
    expect(notices.slice(2).map(({ what }) => what)).toEqual(['outage-over', 'outage-over']);
  });
});
