// The janitor on a simulated array: a group that is prepared for nobody, and a lock nobody holds, go only when our own ledger says whose they were.
import { describe, expect, it } from 'vitest';
import type { RunReader } from '../../../src/activities/index.js';
import type { ByHand } from '../../../src/domain/report.js';
import { guardWorkflowId, type LedgerGrant } from '../../../src/workflows/messages.js';
import { GROUP, NO_RUNS, preparedSan, REF, san, type San } from './san.js';

const COPY = { workflowId: 'flashcopy/nightly', firstRunId: 'first-run' };
const HOLDER = `${COPY.workflowId}/${COPY.firstRunId}`;
const GUARD_ID = guardWorkflowId(COPY.workflowId, COPY.firstRunId);
const grant = (over: Partial<LedgerGrant> = {}): LedgerGrant => ({
  ...{
    holder: HOLDER,
    set: REF.set,
    sources: [],
    targets: ['data_copy'],
    grantedAt: '2026-11-25T01:00:00Z',
  },
  ...over,
});

interface Scene {
  readonly grants?: readonly LedgerGrant[];
  readonly resolved?: readonly ByHand[];
  /** Workflow ids that run. */
  readonly running?: readonly string[];
}

/** The ledger of the scene is real enough: what is released is gone. */
function played({ grants = [], resolved = [], running = [] }: Scene) {
  const left = [...grants];
  const runs: RunReader = {
    ...NO_RUNS,
    status: (id) => Promise.resolve({ status: running.includes(id) ? 'RUNNING' : 'TERMINATED' }),
  };
  const change: Parameters<typeof san>[0] = ({ ledger }) => ({
    runs,
    ledger: {
      ...ledger,
      read: () => Promise.resolve({ grants: [...left], resolved }),
      release: (_, { holder }) => {
        left.splice(0, left.length, ...left.filter((each) => each.holder !== holder));
        return Promise.resolve();
      },
    },
  });
  return { left, change };
}

const tidy = (made: San) => made.run('flashCopyTidyArray', { array: 'svc1' });
const stateOf = async (made: San, group = GROUP.group) =>
  (await made.storage.readGroup(group))?.state;

describe('the janitor on an array', () => {
  it('un-prepares what a run that is gone prepared, then frees its lock, in this order', async () => {
    const { left, change } = played({ grants: [grant()] });
    const order: string[] = [];
    const made = await preparedSan((deps) => {
      const changed = change(deps);
      const { ledger } = changed;
      const release: typeof deps.ledger.release = async (system, what) => {
        const array = deps.arrays('svc1');
        expect(system, 'named by the system').toBe((await array.readSystem()).id);
        order.push(`released while ${(await array.readGroup(GROUP.group))?.state ?? ''}`);
        await ledger?.release(system, what);
      };
      return { ...changed, ledger: { ...deps.ledger, ...ledger, release } };
    });
    const { repaired, reported } = await tidy(made);
    expect(repaired.map(({ kind }) => kind)).toEqual(['prepared-group', 'orphan-lock']);
    expect(reported).toEqual([]);
    expect(order).toEqual(['released while stopped']);
    expect(left).toEqual([]);
    expect(await tidy(made)).toEqual({ repaired: [], reported: [], resolved: [] });
  });

  it.each([
    ['the run', COPY.workflowId],
    ['its guard, which acts', GUARD_ID],
  ])('leaves all of it alone while there is %s', async (_, id) => {
    const { left, change } = played({ grants: [grant()], running: [id] });
    const made = await preparedSan(change);
    expect(await tidy(made)).toEqual({ repaired: [], reported: [], resolved: [] });
    expect(await stateOf(made)).toBe('prepared');
    expect(left).toHaveLength(1);
  });

  it('never touches a group that our ledger does not know: another installation may wait for it', async () => {
    const { left, change } = played({
      grants: [grant({ set: 'other', holder: 'flashcopy/other/r' })],
    });
    const made = await preparedSan(change);
    const { repaired, reported } = await tidy(made);
    expect(await stateOf(made)).toBe('prepared');
    expect(
      repaired.map(({ kind }) => kind),
      'the lock of the other set is nobody’s, and goes',
    ).toEqual(['orphan-lock']);
    expect(left).toEqual([]);
    expect(reported).toMatchObject([{ kind: 'prepared-group', needsPerson: true, where: 'svc1' }]);
    expect(reported[0]?.todo).toContain(`stopfcconsistgrp ${GROUP.group}`);
  });

  it('never touches a group of that name whose mappings are not ours', async () => {
    const { change } = played({ grants: [grant()] });
    const made = await preparedSan(change);
    await made.ok('chfcmap -name theirs fc_web_copy');
    const { repaired, reported } = await tidy(made);
    expect(await stateOf(made)).toBe('prepared');
    expect(repaired.map(({ kind }) => kind)).toEqual(['orphan-lock']);
    expect(reported).toMatchObject([{ kind: 'prepared-group', needsPerson: true }]);
  });

  it('does not stop a copy that runs: only the lock of its dead run goes', async () => {
    const { left, change } = played({ grants: [grant()] });
    const made = await preparedSan(change);
    await made.ok(`startfcconsistgrp ${GROUP.group}`);
    expect((await tidy(made)).repaired.map(({ kind }) => kind)).toEqual(['orphan-lock']);
    expect(await stateOf(made)).toBe('copying');
    expect(left).toEqual([]);
  });

  it('does not look at groups with names of another form', async () => {
    const { change } = played({});
    const made = await san(change);
    for (const name of ['nightly', 'nightly_backups', 'NIGHTLY_ABC123'])
      await made.ok(`mkfcconsistgrp -name ${name}`);
    await made.ok(
      'mkfcmap -name theirs -source data -target data_copy -consistgrp nightly_backups',
    );
    await made.ok('prestartfcconsistgrp nightly_backups');
    await made.clock.run(made.clock.sleep(60_000));
    expect(await tidy(made)).toEqual({ repaired: [], reported: [], resolved: [] });
    expect(await stateOf(made, 'nightly_backups')).toBe('prepared');
  });

  it('answers whom people have resolved, for the hosts', async () => {
    const word = { host: 'app1', run: REF.run, by: 'ada', reason: 'x', at: '', read: '' };
    const made = await san(played({ resolved: [word] }).change);
    expect((await tidy(made)).resolved).toEqual([word]);
  });
});
