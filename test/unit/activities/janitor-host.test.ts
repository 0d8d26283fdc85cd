// The janitor on model hosts: only what nobody else can give back any more is given back, and never against a person's word.
import { beforeEach, describe, expect, it } from 'vitest';
import { FlashCopyError } from '../../../src/domain/errors.js';
import { withMethods } from '../../../src/testing/index.js';
import { holdOrder } from '../../../src/activities/sources.js';
import { REF, san, type San } from './san.js';

const DEADLINE_MS = 60_000;

/** app1 is down for a run whose holder and twin are dead. */
async function abandoned(made: San): Promise<void> {
  await made.run('flashCopyTakeDown', { ...REF, source: made.source('app1', 'unmount') });
  made.app1.source.holders.get(REF.run)?.killBoth();
}
const tidy = (made: San, over: Partial<{ resolved: string[]; called: boolean }> = {}) =>
  made.run('flashCopyTidyHost', { host: 'app1', resolved: [], called: false, ...over });
const pass = (made: San, ms: number) => made.clock.run(made.clock.sleep(ms));

describe('the janitor on a host', () => {
  let made: San;
  beforeEach(async () => {
    made = await san();
  });

  it('finds nothing where nothing is held', async () => {
    expect(await tidy(made)).toEqual({ repaired: [], reported: [] });
  });

  it('leaves a hold alone that is within its deadline, or was a moment ago', async () => {
    await abandoned(made);
    for (const ms of [DEADLINE_MS / 2, DEADLINE_MS / 2 + 30_000]) {
      await pass(made, ms);
      expect(await tidy(made)).toEqual({ repaired: [], reported: [] });
      expect(made.app1.hasIo('/db')).toBe(false);
    }
  });

  it('gives an overdue hold back that nobody else gives back any more, units included, and finds nothing afterwards', async () => {
    await abandoned(made);
    await pass(made, DEADLINE_MS + 61_000);
    expect(made.app1.hasIo('/db')).toBe(false);
    const { repaired, reported } = await tidy(made);
    expect(reported).toEqual([]);
    expect(repaired).toMatchObject([
      { kind: 'overdue-hold', where: 'app1', key: `hold/app1/${REF.run}` },
    ]);
    expect(repaired[0]?.what).toMatch(
      /\/logs, \/db was held by run nightly-k3f9q2 6\d s beyond its deadline; it was given back/,
    );
    expect(['/db', '/logs'].map((at) => made.app1.hasIo(at))).toEqual([true, true]);
    expect(made.app1.kernel.holds.size).toBe(0);
    expect(await tidy(made)).toEqual({ repaired: [], reported: [] });
  });

  it('thaws an overdue freeze', async () => {
    const source = { ...made.source('web1', 'quiesce'), deadlineMs: 10_000 };
    const armed = await made.web1.source.arm(holdOrder(REF.run, source));
    await made.clock.run(armed.quiesce(1_000));
    made.web1.source.holders.get(REF.run)?.killBoth();
    await pass(made, 75_000);
    expect(made.web1.hasIo('/web')).toBe(false);
    const { repaired } = await made.run('flashCopyTidyHost', {
      host: 'web1',
      resolved: [],
      called: false,
    });
    expect(repaired).toHaveLength(1);
    expect(made.web1.hasIo('/web')).toBe(true);
  });

  it('does not touch what a person resolved by hand, however overdue, and calls nobody for it', async () => {
    await abandoned(made);
    await pass(made, DEADLINE_MS + 3_600_000);
    const { repaired, reported } = await tidy(made, { resolved: [REF.run] });
    expect(repaired).toEqual([]);
    expect(reported).toMatchObject([{ kind: 'overdue-hold', needsPerson: false }]);
    expect(reported[0]?.what).toContain('resolved by hand');
    expect(made.app1.source.heldBy(), 'a lie here would mount over what the person did').toBe(
      REF.run,
    );
    expect(made.app1.hasIo('/db')).toBe(false);
  });
});

describe('the janitor on a host that refuses', () => {
  const refusing = (code: string) =>
    san(({ hosts }) => ({
      hosts: (name) => {
        const host = hosts(name);
        const giveBack = () =>
          Promise.reject(
            new FlashCopyError({ family: 'host', code, message: `${code}: /db is on no device` }),
          );
        return withMethods(host, { source: withMethods(host.source, { giveBack }) });
      },
    }));

  it.each([
    [false, true],
    [true, false],
  ])(
    'reports it; where a run has called (%s) it does not call again',
    async (called, needsPerson) => {
      const made = await refusing('GIVE_BACK_FAILED');
      await abandoned(made);
      await pass(made, DEADLINE_MS + 120_000);
      const { repaired, reported } = await tidy(made, { called });
      expect(repaired).toEqual([]);
      expect(reported).toMatchObject([{ kind: 'overdue-hold', needsPerson }]);
      expect(reported[0]?.what).toContain(
        'cannot be given back: GIVE_BACK_FAILED: /db is on no device',
      );
      expect(reported[0]?.todo).toContain('by hand');
    },
  );

  it('never mounts over a host that was rebooted meanwhile: nobody knows what was done there since', async () => {
    const made = await san(({ hosts }) => ({
      hosts: (name) => {
        const host = hosts(name);
        const holds = async () =>
          (await host.source.holds()).map((hold) => ({ ...hold, leaseMs: 0, kept: true }));
        return withMethods(host, { source: withMethods(host.source, { holds }) });
      },
    }));
    await abandoned(made);
    await pass(made, DEADLINE_MS + 3_600_000);
    const { repaired, reported } = await tidy(made);
    expect(repaired).toEqual([]);
    expect(reported).toMatchObject([{ kind: 'hold-from-before-a-reboot', needsPerson: true }]);
    expect(made.app1.hasIo('/db')).toBe(false);
  });
});
