// The demo's copies with a lie planted beneath the library: each lie must be found, by name.
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock/system-clock.js';
import {
  freezeSkipped,
  secondMappingLeftOut,
  startLate,
  unmountLeftOut,
  withMethods,
} from '../../src/testing/index.js';
import type { StorageArray } from '../../src/array/array.js';
import type { Wrap } from '../../src/worker/index.js';
import { checkCopy } from '../../lab/demo/check.js';
import {
  backup1,
  source1,
  startDemoWorker,
  startWriters,
  type DemoWorker,
  type Writers,
} from '../../lab/demo/session.js';
import { endOf, listed, pairs, removeCopies, type End } from '../lab/copies.js';
import { lab, prepareSource } from '../lab/linux-host-lab.js';

/** The set of the demo, without new identities: backup1 has no other copy, and lies are found before or after them. */
const request = (name: string, volumes = pairs([1, 1], [2, 2])) => ({
  ...{ name, array: 'svc-lab', volumes },
  sources: [{ host: 'source1', method: 'quiesce' as const }],
  targets: [
    {
      host: 'backup1',
      mounts: [{ from: '/data', at: '/backup/data' }],
      synthesis: 'keep' as const,
    },
  ],
  copy: { incremental: true, rate: 50 },
  verify: { fileSystem: false },
});

describe('the demo with a lie beneath it', () => {
  let worker: DemoWorker | undefined;
  let writers: Writers;

  beforeAll(async () => {
    await prepareSource((await lab()).source);
    await source1.sh('systemctl stop fc-writer.service');
    writers = await startWriters('acknowledgements-lies.log');
  });
  afterEach(() => worker?.stop().finally(() => (worker = undefined)));
  afterAll(async () => {
    await source1.sh('systemctl stop fc-writer.service');
    await writers.close();
    await removeCopies();
  });

  const copyWith = async (wrap: Wrap, asked = request('demo')): Promise<End> => {
    worker = await startDemoWorker(wrap);
    return endOf(await worker.client.start(asked));
  };
  const check = async ({ report }: End) => {
    await systemClock.sleep(1_500);
    const acknowledgements = await writers.acknowledgements();
    const { findings, acknowledged } = await checkCopy(backup1, '/backup/data', {
      report,
      acknowledgements,
    });
    return { codes: [...new Set(findings.map((line) => line.split(':')[0]))], acknowledged };
  };

  it('the freeze skipped: the library believes it, the check finds records written in the pause', async () => {
    const lies: Wrap = {
      array: (_, array) => slowStart(array, 1_000),
      host: (name, host) => (name === 'source1' ? freezeSkipped(host, systemClock) : host),
    };
    const end = await copyWith(lies);
    expect(end.report).toMatchObject({ outcome: 'done', grade: 'filesystem', verified: true });
    expect((await check(end)).codes).toContain('written-in-pause');
  });

  it('the unmount on backup1 left out: the library refuses to go on with a disk that is in use', async () => {
    onTestFinished(removeCopies);
    const lies: Wrap = { host: (name, host) => (name === 'backup1' ? unmountLeftOut(host) : host) };
    const { code, report } = await copyWith(lies);
    expect({ code, outcome: report.outcome }).toEqual({ code: 'TARGET_IN_USE', outcome: 'failed' });
  });

  it('the second mapping not started: the volume group of the copy is not whole', async () => {
    onTestFinished(removeCopies);
    const { code, report } = await copyWith(
      { array: (_, array) => secondMappingLeftOut(array) },
      request('halved', pairs([1, 3], [2, 4])),
    );
    expect({ code, outcome: report.outcome }).toEqual({ code: 'NOT_ACTIVATED', outcome: 'failed' });
    expect(await listed('lshostvdiskmap backup1')).toEqual([[]]);
  });

  it('the start sent after the thaw: the mark from after it is on the copy, and the grade is withdrawn', async () => {
    let send = (): Promise<unknown> => Promise.reject(new Error('nothing was started'));
    const { code, report } = await copyWith({
      array: (_, array) => startLate(array, (start) => (send = start)),
      host: (name, host) => {
        if (name !== 'source1') return host;
        const writeNonce: typeof host.source.writeNonce = async (order) => {
          await host.source.writeNonce(order);
          if (order.kind === 'after') await send();
        };
        return withMethods(host, { source: withMethods(host.source, { writeNonce }) });
      },
    });
    expect(code).toBe('COPY_CONTRADICTED');
    expect(report).toMatchObject({ outcome: 'failed', verified: false });
    expect(report.grade).toBeUndefined();
    expect(report.error?.message).toContain('holds what was written after the give back');
    expect(await listed('lshostvdiskmap backup1')).toEqual([[]]);
  });
});

/** No lie: a slow array, so that a pause without a freeze is long enough to write in. */
function slowStart(array: StorageArray, ms: number): StorageArray {
  return withMethods(array, {
    reserveStart: async (timeoutMs) => {
      const session = await array.reserveStart(timeoutMs);
      const startPrepared: typeof session.startPrepared = async (group, within) => {
        await systemClock.sleep(ms);
        return session.startPrepared(group, within);
      };
      return withMethods(session, { startPrepared });
    },
  });
}
