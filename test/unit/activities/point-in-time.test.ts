// The point in time: what goes wrong before, within and after the pause. In every case each source has its I/O back.
import { describe, expect, it } from 'vitest';
import type { StorageArray } from '../../../src/array/array.js';
import { FlashCopyError } from '../../../src/domain/errors.js';
import { pointInTimeMs } from '../../../src/domain/timing.js';
import type { Host } from '../../../src/host/host.js';
import { attestRemembers, freezeSkipped, withMethods } from '../../../src/testing/index.js';
import { failure, GROUP, preparedSan, quiesceOrder, REF, type San } from './san.js';

const state = async (made: San) => (await made.storage.readGroup(GROUP.group))?.state;
const expectIo = (made: San) => {
  expect([made.app1.hasIo('/db'), made.app1.hasIo('/logs'), made.web1.hasIo('/web')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([made.app1.source.heldBy(), made.web1.source.heldBy()]).toEqual(['', '']);
};

/** A port with one method replaced, for every name. */
const withArray =
  (replace: (array: StorageArray) => Partial<StorageArray>) =>
  ({ arrays }: { arrays: (name: string) => StorageArray }) => ({
    arrays: (name: string) => withMethods(arrays(name), replace(arrays(name))),
  });
const withHost =
  (wanted: string, lie: (host: Host) => Host) =>
  ({ hosts }: { hosts: (name: string) => Host }) => ({
    hosts: (name: string) => (name === wanted ? lie(hosts(name)) : hosts(name)),
  });
const withSource = (wanted: string, replace: (source: Host['source']) => Partial<Host['source']>) =>
  withHost(wanted, (host) =>
    withMethods(host, { source: withMethods(host.source, replace(host.source)) }),
  );
const SLOW_START_MS = 20_000;
/** Something happens on the SAN right when the start is sent. */
const atStart = (happening: () => void | Promise<void>) =>
  withArray((array) => ({
    reserveStart: async (timeoutMs) => {
      const session = await array.reserveStart(timeoutMs);
      return withMethods(session, {
        startPrepared: async (group, limit) => {
          await happening();
          return session.startPrepared(group, limit);
        },
      });
    },
  }));

/** Something happens after the nonces were written and before anything stands still. */
const atReserve = (happening: () => unknown) =>
  withArray((array) => ({
    reserveStart: async (timeoutMs) => {
      await happening();
      return array.reserveStart(timeoutMs);
    },
  }));

describe('flashCopyTakePointInTime', () => {
  it('gives the first host back and never sends the start when the second refuses to stand still', async () => {
    const made: San = await preparedSan(
      atReserve(async () => made.web1.kernel.mountAt('/web')?.fileSystem.freeze()),
    );
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.error?.code).toBe('QUIESCE_REFUSED');
    expect(result.starts).toMatchObject([{ started: 'not-done', code: 'NOT_SENT' }]);
    expect(await state(made)).toBe('prepared');
    expect([made.app1.hasIo('/db'), made.app1.hasIo('/logs')]).toEqual([true, true]);
    // What somebody else froze stays his.
    expect(made.web1.hasIo('/web')).toBe(false);
  });

  it('does not wait for a host that hangs in its quiesce when another one refuses', async () => {
    const hang = withHost('web1', (host) =>
      withMethods<Host>(host, {
        source: withMethods(host.source, {
          arm: async (order) =>
            withMethods(await host.source.arm(order), {
              quiesce: () => new Promise(() => undefined),
            }),
        }),
      }),
    );
    const frozen = atReserve(async () => made.app1.kernel.mountAt('/db')?.fileSystem.freeze());
    const made: San = await preparedSan((deps) => ({ ...hang(deps), ...frozen(deps) }));
    const from = made.clock.now();
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.error?.code).toBe('QUIESCE_REFUSED');
    expect(made.clock.now() - from).toBeLessThan(5_000);
    expect(made.web1.source.heldBy()).toBe('');
  });

  it('thaws every host when the array refuses the start', async () => {
    const made = await preparedSan(
      atStart(async () => void (await made.ok(`stopfcconsistgrp ${GROUP.group}`))),
    );
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.error).toMatchObject({ code: 'START_FAILED', outcome: 'not-done' });
    expect(result.pauses).toMatchObject([
      { host: 'app1', broken: '' },
      { host: 'web1', broken: '' },
    ]);
    expectIo(made);
  });

  it('does not take "already copying" for its own start', async () => {
    const made = await preparedSan(
      atStart(async () => void (await made.ok(`startfcconsistgrp ${GROUP.group}`))),
    );
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.starts).toMatchObject([{ started: 'unknown', preparedRead: false }]);
    expect(result.error).toMatchObject({ code: 'START_UNKNOWN', outcome: 'unknown' });
    expectIo(made);
  });

  it('takes a start with a warning for done when its effect is seen in the pause, and keeps the warning', async () => {
    const made = await preparedSan();
    const fault = { on: 'startfcconsistgrp', when: 'after', do: { code: 'CMMVC6450W' } } as const;
    made.system.faults.add(fault);
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.error).toBeUndefined();
    expect(result.starts).toMatchObject([{ started: 'done', seenInEffect: true }]);
    expect(result.starts[0]?.warnings?.[0]).toContain('CMMVC6450W');
    expectIo(made);
  });

  it('says unknown when a start with a warning has no effect', async () => {
    const made = await preparedSan();
    made.system.faults.add({ on: 'startfcconsistgrp', do: { code: 'CMMVC6450W' } });
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.error).toMatchObject({ code: 'START_UNKNOWN', outcome: 'unknown' });
    expectIo(made);
  });

  it('says unknown when the answer to the start is lost, although the array did start', async () => {
    const made = await preparedSan(
      withArray((array) => ({
        reserveStart: async (timeoutMs) => {
          const session = await array.reserveStart(timeoutMs);
          return withMethods(session, {
            startPrepared: async (group, limit) => {
              await session.startPrepared(group, limit);
              throw new FlashCopyError({
                family: 'transport',
                code: 'CHANNEL_LOST',
                message: 'connection reset',
                outcome: 'unknown',
              });
            },
          });
        },
      })),
    );
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.starts).toMatchObject([
      { started: 'unknown', code: 'CHANNEL_LOST', preparedRead: false },
    ]);
    expect(await state(made)).toBe('copying');
    expectIo(made);
  });

  it('finds a quiesce broken that somebody else thawed', async () => {
    const thawed = () => made.app1.kernel.mountAt('/db')?.fileSystem.thaw();
    const made: San = await preparedSan(atStart(() => void thawed()));
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.attestations).toMatchObject([
      { host: 'app1', broken: '/db was not frozen' },
      { host: 'web1', broken: '' },
    ]);
    expect(result.error).toBeUndefined();
    expectIo(made);
  });

  it('notices nothing of that when attest only remembers (the lie that the test before would catch)', async () => {
    const thawed = () => made.app1.kernel.mountAt('/db')?.fileSystem.thaw();
    const made: San = await preparedSan((deps) => ({
      ...atStart(() => void thawed())(deps),
      ...withHost('app1', attestRemembers)(deps),
    }));
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.attestations?.map(({ broken }) => broken)).toEqual(['', '']);
  });

  it('sends no start once the pause is used up', async () => {
    const slow = withHost('web1', (host) =>
      withMethods<Host>(host, {
        source: withMethods(host.source, {
          arm: async (order) => {
            const armed = await host.source.arm(order);
            return withMethods(armed, {
              quiesce: async (timeoutMs) => {
                await armed.quiesce(timeoutMs);
                await made.clock.sleep(3_000);
              },
            });
          },
        }),
      }),
    );
    const made: San = await preparedSan(slow);
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made, 2_000));
    expect(result.error?.code).toBe('PAUSE_EXCEEDED');
    expect(await state(made)).toBe('prepared');
    expectIo(made);
  });

  it('touches no host when the group is not prepared', async () => {
    const made = await preparedSan();
    await made.ok(`stopfcconsistgrp ${GROUP.group}`);
    const failed = await failure(made.run('flashCopyTakePointInTime', quiesceOrder(made)));
    expect(failed).toMatchObject({ type: 'NOT_PREPARED', details: { outcome: 'not-done' } });
    expectIo(made);
  });

  it('leaves nothing armed when the second host cannot be armed', async () => {
    const made = await preparedSan();
    await made.web1.source.arm({ ...made.source('web1', 'quiesce'), run: 'other-run' });
    const failed = await failure(made.run('flashCopyTakePointInTime', quiesceOrder(made)));
    expect(failed.type).toBe('HELD_BY_OTHER');
    expect(made.app1.source.heldBy()).toBe('');
    expect(made.web1.source.heldBy()).toBe('other-run');
  });

  it('ends cleanly when cancelled before the quiesce', async () => {
    const made: San = await preparedSan(atReserve(() => environment.cancel()));
    const environment = made.environment();
    const failed = await failure(
      made.run('flashCopyTakePointInTime', quiesceOrder(made), environment),
    );
    expect(failed.type).toBe('CancelledFailure');
    expect(await state(made)).toBe('prepared');
    expectIo(made);
  });

  it('finishes and reports when cancelled during the pause', async () => {
    const made: San = await preparedSan(atStart(() => environment.cancel()));
    const environment = made.environment();
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made), environment);
    expect(result).toMatchObject({ starts: [{ started: 'done', preparedRead: true }] });
    expect(result.error).toBeUndefined();
    expectIo(made);
  });

  it('starts all volumes between quiesce and thaw', async () => {
    const made = await preparedSan();
    const result = await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(result.error).toBeUndefined();
    expect(result.starts).toMatchObject([{ ...GROUP, started: 'done', preparedRead: true }]);
    expect(result.attestations).toEqual([
      { host: 'app1', broken: '' },
      { host: 'web1', broken: '' },
    ]);
    expect(await state(made)).toBe('copying');
    expectIo(made);
  });

  it('cannot be made still by a host that skips the freeze: writers went on (the lie)', async () => {
    let couldWrite = false;
    const made: San = await preparedSan((deps) => ({
      ...atStart(() => void (couldWrite = made.app1.hasIo('/db')))(deps),
      ...withHost('app1', (host) => freezeSkipped(host, deps.clock))(deps),
    }));
    await made.run('flashCopyTakePointInTime', quiesceOrder(made));
    expect(couldWrite).toBe(true);
  });

  it('ends within its own time when a host does not get ready, and closes what comes too late', async () => {
    let arm: () => void = () => undefined;
    const armedLate = withSource('web1', (source) => ({
      arm: async (order) => {
        await new Promise<void>((resolve) => (arm = resolve));
        return source.arm(order);
      },
    }));
    const made = await preparedSan(armedLate);
    const order = quiesceOrder(made);
    const beganAt = made.clock.now();
    const failed = await failure(made.run('flashCopyTakePointInTime', order));
    expect(failed.type).toBe('OPENING_OVERDUE');
    expect(made.clock.now() - beganAt).toBeLessThan(pointInTimeMs(order.sources, order.maxPauseMs));
    arm();
    await made.clock.advance(1_000);
    expectIo(made);
    expect(await state(made)).toBe('prepared');
  });

  it('waits for no thaw longer than it lives itself', async () => {
    const asked: number[] = [];
    const thawSlow = withSource('web1', (source) => ({
      arm: async (order) => {
        const armed = await source.arm(order);
        const attestAndThaw = (timeoutMs: number) => {
          asked.push(timeoutMs);
          return armed.attestAndThaw(timeoutMs);
        };
        return withMethods(armed, { attestAndThaw });
      },
    }));
    const made: San = await preparedSan((deps) => ({
      ...thawSlow(deps),
      ...atStart(() => deps.clock.sleep(SLOW_START_MS))(deps),
    }));
    const order = quiesceOrder(made);
    await made.run('flashCopyTakePointInTime', order);
    expect(asked).toHaveLength(1);
    expect(SLOW_START_MS + asked[0]!).toBeLessThan(pointInTimeMs(order.sources, order.maxPauseMs));
  });
});

describe('flashCopyStartGroups', () => {
  const order = (made: San) => ({
    ...quiesceOrder(made),
    sources: [made.source('app1', 'unmount'), made.source('web1', 'quiesce')],
  });
  const takeDown = (made: San) =>
    made.run('flashCopyTakeDown', { ...REF, source: made.source('app1', 'unmount') });

  it('sends no start when an unmounted source is not held any more, and answers that as data', async () => {
    const made = await preparedSan();
    await takeDown(made);
    await made.app1.source.giveBack({ ...made.source('app1', 'unmount'), run: REF.run });
    const result = await made.run('flashCopyStartGroups', order(made));
    expect(result.error?.code).toBe('QUIESCE_BROKEN');
    expect(await state(made)).toBe('prepared');
  });

  it('sends no start when the lease would end during it', async () => {
    const made = await preparedSan();
    await takeDown(made);
    await made.clock.advance(50_000);
    const result = await made.run('flashCopyStartGroups', order(made));
    expect(result.error?.code).toBe('LEASE_TOO_SHORT');
    expect(await state(made)).toBe('prepared');
  });

  it('reports a source that came back during the start', async () => {
    const made: San = await preparedSan(
      atStart(
        async () =>
          void (await made.app1.source.giveBack({
            ...made.source('app1', 'unmount'),
            run: REF.run,
          })),
      ),
    );
    await takeDown(made);
    const result = await made.run('flashCopyStartGroups', order(made));
    expect(result.attestations).toContainEqual({ host: 'app1', broken: 'holder has given back' });
  });

  it('starts with one host unmounted and one quiesced', async () => {
    const made = await preparedSan();
    await takeDown(made);
    expect(made.app1.hasIo('/db')).toBe(false);
    const result = await made.run('flashCopyStartGroups', order(made));
    expect(result.error).toBeUndefined();
    expect(result.attestations).toEqual([
      { host: 'web1', broken: '' },
      { host: 'app1', broken: '' },
    ]);
    await made.run('flashCopyGiveBack', { ...REF, source: made.source('app1', 'unmount') });
    expectIo(made);
  });
});
