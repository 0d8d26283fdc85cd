// Failures in the pause, on real guests: whatever dies, answers nothing or refuses, the source writes again at once, and the next copy succeeds.
import { once } from 'node:events';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longestGap } from '../../bench/pause/writer-gap.js';
import { armFaults } from '../../lab/faults.js';
import {
  source1,
  startDemoWorker,
  startWriters,
  type DemoWorker,
  type Writers,
} from '../../lab/demo/session.js';
import { until } from '../../lab/until.js';
import type { FlashCopyClient } from '../../src/client/index.js';
import { withMethods } from '../../src/testing/index.js';
import type { Host } from '../../src/host/host.js';
import {
  connectToLab,
  diskOf,
  endOf,
  lendToSource,
  listed,
  pairs,
  removeCopies,
  takeFromSource,
} from '../lab/copies.js';
import { lab, prepareSource } from '../lab/linux-host-lab.js';

/** Two file systems: /data on two volumes with writers on it, /extra on a volume of its own. */
const request = {
  ...{ name: 'failing', array: 'svc-lab', volumes: pairs([1, 1], [2, 2], [3, 3]) },
  sources: [{ host: 'source1', method: 'quiesce' as const }],
  copy: { incremental: true, rate: 150 },
};
const EXTRA = diskOf('db_data3');
/** Nothing that happens here may keep the writers longer than this, emulated processors included. Holders thaw by themselves at 30 s at the latest. */
const SOON_MS = 15_000;

let client: FlashCopyClient;
let worker: DemoWorker | undefined;
let writers: Writers;
let refuseExtra = false;

/** Somebody else freezes /extra in the very moment: the holder is refused there, while /data has been frozen already. */
const refusing = (host: Host): Host =>
  withMethods(host, {
    source: withMethods(host.source, {
      arm: async (order) => {
        const armed = await host.source.arm(order);
        const quiesce: typeof armed.quiesce = async (timeoutMs) => {
          if (refuseExtra) await source1.sh('fsfreeze -f /extra');
          return armed.quiesce(timeoutMs);
        };
        return withMethods(armed, { quiesce });
      },
    }),
  });
const honestWorker = () => startDemoWorker({ host: (_, host) => refusing(host) });

/** Longest time without a record between the two moments, by the guest's clock. */
async function gapBetween(fromMs: number, toMs: number): Promise<number> {
  await until(
    'writers to go on',
    { within: 60_000 },
    async () =>
      (await writers.acknowledgements()).some(({ ackMs }) => ackMs > toMs + 1_000) || undefined,
  );
  const acknowledgements = await writers.acknowledgements();
  return Math.max(
    ...[1, 2].map((instance) =>
      longestGap(
        acknowledgements.filter((one) => one.instance === instance),
        { fromMs, toMs },
      ),
    ),
  );
}
/** Neither prepared nor copying. A copy that was complete before it was prepared again, or was stopped at 100 %, counts as copied. */
const expectAtRest = async () => {
  const states = (await listed('lsfcconsistgrp'))[0].map((row) => row[2]);
  expect(states).toHaveLength(1);
  expect(['stopped', 'idle_or_copied']).toContain(states[0]);
};

beforeAll(async () => {
  await prepareSource((await lab()).source);
  client = await connectToLab();
  await removeCopies();
  await lendToSource('db_data3');
  await source1.sh(
    `mkfs.xfs --unsupported -q -f ${EXTRA}; mkdir -p /extra; mount ${EXTRA} /extra; systemctl stop fc-writer.service`,
  );
  writers = await startWriters('acknowledgements-failures.log');
  worker = await honestWorker();
});
afterAll(async () => {
  await worker?.stop();
  await client.close();
  await armFaults();
  await source1.sh('systemctl stop fc-writer.service; ! mountpoint -q /extra || umount /extra');
  await writers.close();
  await removeCopies();
  await takeFromSource('db_data3');
});

describe('a second file system that refuses to stand still', () => {
  it('ends the copy before the start: the first is thawed at once, the freeze of somebody else is left alone', async () => {
    refuseExtra = true;
    const from = Date.now();
    const { code, report } = await endOf(await client.start(request));
    refuseExtra = false;
    expect({ code, outcome: report.outcome }).toEqual({
      code: 'QUIESCE_REFUSED',
      outcome: 'failed',
    });
    expect(report.compensation.filter(({ ok }) => !ok)).toEqual([]);
    await expectAtRest();
    expect(await gapBetween(from, Date.now())).toBeLessThan(SOON_MS);
    // Only whoever froze it may thaw it: a thaw of ours would have made this one fail.
    await source1.sh('fsfreeze -u /extra');
  });
});

describe('a start whose answer is lost', () => {
  it('is fenced and does not count: the source writes again at once, the copy that did start is stopped', async () => {
    await armFaults({ on: 'startfcconsistgrp', when: 'after', do: 'drop-connection' });
    const from = Date.now();
    const { code, report } = await endOf(await client.start(request));
    expect({ code, retry: report.error?.retry }).toEqual({ code: 'START_UNKNOWN', retry: 'safe' });
    expect(report).toMatchObject({ outcome: 'failed', verified: false });
    expect(report.grade).toBeUndefined();
    expect(report.pauses[0]?.broken).toBe('');
    expect(report.compensation.filter(({ ok }) => !ok)).toEqual([]);
    await expectAtRest();
    expect(await gapBetween(from, Date.now())).toBeLessThan(SOON_MS);
  });
});

describe('a worker killed between quiesce and start', () => {
  it('leaves nothing frozen: the holder gives back by itself, another worker ends the run, the next copy succeeds', async () => {
    await worker?.stop();
    worker = undefined;
    const doomed = execa(
      process.execPath,
      ['--import', 'tsx', 'test/lab-long/failures-doomed-worker.ts'],
      {
        timeout: 180_000,
        reject: false,
      },
    );
    await once(doomed.stdout, 'data');
    const copy = await client.start(request);
    const died = await doomed;
    expect(died.signal).toBe('SIGKILL');
    // No worker is left, and none is needed.
    const diedAt = Date.now();
    const gap = await gapBetween(diedAt - 5_000, diedAt);
    console.log(`worker killed in the pause: longest gap of a writer ${gap} ms`);
    expect(gap).toBeLessThan(SOON_MS);
    worker = await honestWorker();
    const { code, report } = await endOf(copy);
    expect({ code, outcome: report.outcome }).toEqual({ code: 'TIMED_OUT', outcome: 'failed' });
    expect(report.compensation.filter(({ ok }) => !ok)).toEqual([]);
    await expectAtRest();

    const next = await endOf(await client.start(request));
    expect({ code: next.code, grade: next.report.grade }).toEqual({
      code: '',
      grade: 'filesystem',
    });
  });
});
