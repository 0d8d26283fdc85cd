// A check of a file system runs for hours. A cancel is answered at once, and the check is ended on
// its host; a worker that ends leaves it, and the next attempt joins it.
import { MockActivityEnvironment } from '@temporalio/testing';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createActivities, type ActivityDependencies } from '../../../src/activities/index.js';
import { createLinuxHost } from '../../../src/host/linux/linux-host.js';
import { seededRandomness, VirtualClock } from '../../../src/testing/index.js';
import { createInProcessTransport } from '../../../src/transport/in-process/in-process-transport.js';

const SHUTDOWN = new ActivityCancellationDetails({ workerShutdown: true });
const HOURS = 3 * 3_600_000;
const TARGET = {
  ...{ host: 'dev1', presentations: [], volumeGroups: [], synthesis: 'keep', keepMapped: false },
  fileSystems: [
    {
      ...{ device: '/dev/vg0/db', fsType: 'ext4', at: '/copy/db', from: '/db', readOnly: true },
      sourceUuid: 'e3a1c2d4-0000-4000-8000-000000000001',
    },
  ],
};

/** A host whose checks take three hours, as its agent would tell it. */
function hostWithLongChecks() {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const began = new Map<string, number>();
  const run = async (quoted: string) => {
    const line = quoted.replaceAll("'", '');
    lines.push(line);
    const [, key = '', seconds = '1'] = /\bjob ([0-9a-f]{16}) \w+ (\d+) check /.exec(line) ?? [];
    if (key === '') return { exitCode: 0, stdout: 'end\n', stderr: '', durationMs: 0 };
    began.set(key, began.get(key) ?? clock.now());
    await clock.sleep(Number(seconds) * 1_000);
    const done = clock.now() - began.get(key)! >= HOURS;
    return { exitCode: 0, stdout: done ? 'end\n' : 'running\n', stderr: '', durationMs: 0 };
  };
  const transport = createInProcessTransport({ address: 'dev1', clock, run });
  const randomness = seededRandomness(5);
  const dev1 = createLinuxHost({ name: 'dev1', transport, clock, randomness });
  const activities = createActivities({
    ...{ clock, randomness, hosts: () => dev1, arrays: () => ({}), ledger: {} },
  } as unknown as ActivityDependencies);
  const attempt = () => {
    const environment = new MockActivityEnvironment(
      { startToCloseTimeoutMs: 12 * 3_600_000, heartbeatTimeoutMs: 4_000 },
      { logger: new DefaultLogger('ERROR', () => undefined) },
    );
    const order = { set: 'nightly', run: 'nightly-k3f9q2', target: TARGET, check: true };
    const body = (...args: unknown[]): Promise<unknown> =>
      (activities.flashCopyMount as (...given: unknown[]) => Promise<unknown>)(...args);
    const end = environment.run(body, order, { ms: 600_000 }).catch((error: unknown) => error);
    return { environment, end };
  };
  return { clock, lines, attempt };
}

const keysOf = (lines: readonly string[], command: string): Set<string | undefined> =>
  new Set(lines.map((line) => new RegExp(`\\b${command} ([0-9a-f]{16})`).exec(line)?.[1]));

describe('a check that runs for hours', () => {
  it('does not hold up a cancel, and is ended on its host', async () => {
    const { clock, lines, attempt } = hostWithLongChecks();
    const { environment, end } = attempt();
    await clock.advance(600_000);
    const asked = clock.now();
    environment.cancel('CANCELLED');
    expect(await end).toBeInstanceOf(CancelledFailure);
    expect(clock.now() - asked).toBeLessThan(1_000);
    expect(keysOf(lines.slice(-1), 'end-job')).toEqual(keysOf(lines.slice(0, 1), 'job'));
  });

  it('does not hold up a worker that ends, goes on, and is joined by the next attempt', async () => {
    const { clock, lines, attempt } = hostWithLongChecks();
    const first = attempt();
    await clock.advance(600_000);
    first.environment.cancel('WORKER_SHUTDOWN', SHUTDOWN);
    expect(await first.end).toBeInstanceOf(CancelledFailure);
    expect(lines.join()).not.toContain('end-job');
    const looks = lines.length;
    const second = attempt();
    await clock.advance(60_000);
    expect(lines.length).toBeGreaterThan(looks);
    expect(keysOf(lines.slice(looks), 'job')).toEqual(keysOf(lines.slice(0, 1), 'job'));
    second.environment.cancel('WORKER_SHUTDOWN', SHUTDOWN);
    await second.end;
  });
});
