// Snapshot policies over REST as clients read them, and where hosts write past the array: its time passes though nobody asks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startSimulator, type DataPlane, type Simulator } from '../../../src/simulator/index.js';
import { TestClock } from './array.js';
import { column, HOUR_MS, hourly, HOURLY, times } from './policies.js';
import { logIn, run } from './rest/client.js';

let dataDir = '';
let simulator: Simulator | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fc-policy-doors-'));
});
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
  await rm(dataDir, { recursive: true });
});

const done = (): Promise<void> => Promise.resolve();
const dataPlane: DataPlane = {
  ...{
    serve: () => Promise.resolve({ uid: 'F'.repeat(32) }),
    withdraw: done,
    map: done,
    unmap: done,
  },
  ...{ setOnline: done, atOneInstant: (cut) => cut(), close: done },
};

async function open(
  more: { readonly dataPlane?: DataPlane; readonly clock?: TestClock } = {},
): Promise<Simulator> {
  const at = { host: '127.0.0.1', port: 0 };
  simulator = await startSimulator({
    ...{ clock: new TestClock(), dataDir, ssh: at, rest: at, ...more },
    config: {
      system: { name: 'svc1' },
      users: [{ name: 'superuser', password: 'secret' }],
      pools: [{ name: 'P', capacity: '1GiB' }],
      volumes: [{ name: 'a', pool: 'P', size: '1MiB', volumeGroup: 'vg' }],
    },
  });
  return simulator;
}

it('over REST: an unknown policy is an error of its code, one that is there a list of its schedules, a group an object', async () => {
  const array = await open();
  const token = await logIn(array);
  const ask = (path: string, body: object = {}) => run(array, { token, path, body });
  expect(await ask('lssnapshotschedule/p')).toMatchObject({
    status: 500,
    body: { code: 'CMMVC5754E' },
  });
  const rhythm = {
    backupstarttime: 2611240200,
    backupinterval: '1',
    backupunit: 'hour',
    retentiondays: '1',
  };
  expect((await ask('mksnapshotpolicy', { name: 'p', ...rhythm })).body).toEqual({
    id: '3',
    message: 'Snapshot Policy, id [3], successfully created',
  });
  expect((await ask('lssnapshotschedule/p')).body).toEqual([
    {
      ...{
        policy_id: '3',
        policy_name: 'p',
        schedule_id: '1',
        backup_unit: 'hour',
        backup_interval: '1',
      },
      ...{ backup_start_time: '261124020000', retention_days: '1' },
    },
  ]);
  await ask('chvolumegroup/vg', {
    snapshotpolicy: 'p',
    safeguarded: false,
    policystarttime: '2611240300',
  });
  expect((await ask('lsvolumegroupsnapshotpolicy/vg')).body).toMatchObject({
    ...{
      snapshot_policy_name: 'p',
      snapshot_policy_start_time: '261124030000',
      snapshot_policy_suspended: 'no',
    },
  });
  expect((await ask('rmsnapshotpolicy/p')).body).toMatchObject({ code: 'CMMVC6032E' });
  expect((await ask('rmsnapshotpolicy/p', { removefromvolumegroups: true })).status).toBe(200);
});

/** Who sleeps on it sleeps until it is moved. */
class StillClock extends TestClock {
  private readonly sleepers = new Set<() => void>();

  override sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.sleepers.add(resolve);
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  move(ms: number): void {
    this.advance(ms);
    for (const wake of this.sleepers) wake();
    this.sleepers.clear();
  }
}

it('where hosts write past the array a snapshot is taken when it is due, though no command comes', async () => {
  const clock = new StillClock();
  const array = await open({ dataPlane, clock });
  await array.execute(`${HOURLY} -name p; chvolumegroup -snapshotpolicy p vg`);
  for (const [at, text] of [
    [Date.UTC(2026, 10, 24, 1, 59, 59), undefined],
    [Date.UTC(2026, 10, 24, 2, 0, 0), '261124020000'],
  ] as const) {
    clock.move(at - clock.now());
    await vi.waitFor(() => {
      expect(array.state.snapshots[0]?.time).toBe(text);
    }, 20_000);
  }
});

it('there, one snapshot of now is taken for all that were missed: what the volumes held then, nobody knows', async () => {
  const array = await hourly('8.6.0.0', { dataPlane });
  await array.ok('chvolumegroup -snapshotpolicy p vg');
  array.clock.advance(5 * HOUR_MS);
  await array.passTime();
  expect(array.state.snapshots.map(({ time }) => time)).toEqual(['261124060203']);
  array.clock.advance(HOUR_MS);
  expect(await times(array)).toEqual(['261124060203', '261124070203']);
  expect(await column(array, 'auto_snapshot')).toEqual(['yes', 'yes']);
});
