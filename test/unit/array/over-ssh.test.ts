// What the simulated array prints besides its answers, over a real SSH connection.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StorageArray } from '../../../src/array/array.js';
import { createSvcArray } from '../../../src/array/svc/svc-array.js';
import {
  systemClock as clock,
  systemRandomness as randomness,
} from '../../../src/clock/system-clock.js';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';
import {
  createSshTransport,
  type SshTransportOptions,
} from '../../../src/transport/ssh/ssh-transport.js';

const config = {
  system: { name: 'svc1' },
  users: [{ name: 'copy', password: 'secret' }],
  clock: { speed: 10 },
  pools: [{ name: 'pool0', capacity: '1GiB' }],
  volumes: [
    { name: 'src', pool: 'pool0', size: '1MiB' },
    { name: 'tgt', pool: 'pool0', size: '1MiB' },
  ],
};
const account = { user: 'copy', password: 'secret', sessions: 3, clock, handshakeTimeoutMs: 5_000 };
const MAPPING = {
  ...{ name: 'm', source: 'src', target: 'tgt', group: 'g_abc123' },
  ...{ copyRate: 50, cleanRate: 50, incremental: false, grainSize: 256 as const },
} as const;

let dataDir: string;
let simulator: Simulator;
let array: StorageArray;

async function start(old: boolean, change: Partial<SshTransportOptions> = {}): Promise<void> {
  simulator = await startSimulator({
    config: { ...config, ...(old ? { ssh: { algorithms: 'old' as const } } : {}) },
    ...{ clock, dataDir, ssh: { host: '127.0.0.1', port: 0 } },
  });
  const at = { address: `127.0.0.1:${simulator.sshPort}`, hostKey: simulator.hostKeyFingerprint };
  const transport = createSshTransport({ ...account, ...at, ...change });
  array = createSvcArray({ name: 'svc1', clock, randomness, transport });
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'svc-said-'));
});
afterEach(async () => {
  await array.close();
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

async function prepared(): Promise<void> {
  await array.createGroup('g_abc123');
  await array.createMapping(MAPPING);
  await array.prepareGroup('g_abc123');
  await expect
    .poll(async () => (await array.readGroup('g_abc123'))?.state, { timeout: 20_000 })
    .toBe('prepared');
}

it('a banner and a warning before every answer change nothing', async () => {
  await start(false);
  for (const printed of ['banner', 'CMMVC9634W'])
    simulator.faults.add({ on: 'command', do: { printed }, times: 1_000 });
  expect(await array.readMappings()).toEqual([]);
  await prepared();
  const session = await array.reserveStart(5_000);
  const answer = await session.startPrepared('g_abc123', 5_000);
  session.release();
  expect(answer).toMatchObject({ started: 'done', stateRead: 'prepared' });
  expect(answer.warnings?.[0]).toContain('CMMVC9634W');
  expect(await array.readMappings({ group: 'g_abc123' })).toMatchObject([{ name: 'm' }]);
});

it.each([0, 1] as const)(
  'too many sessions, exit %i: reads are repeated, a start is refused and may be sent again',
  async (exitCode) => {
    await start(false);
    await prepared();
    const busy = { onStdout: 'CMMVC7017E', exitCode };
    simulator.faults.add({ on: 'lsfcmap', do: busy, times: 2 });
    expect(await array.readMappings()).toHaveLength(1);
    simulator.faults.add({ on: 'lsfcconsistgrp', do: busy });
    simulator.faults.add({ on: 'startfcconsistgrp', do: busy });
    const session = await array.reserveStart(5_000);
    expect(await session.startPrepared('g_abc123', 5_000)).toMatchObject({
      started: 'not-done',
      code: 'CMMVC7017E',
    });
    expect((await array.readGroup('g_abc123'))?.state).toBe('prepared');
    session.release();
  },
);

it('an old code level is reached with sshAlgorithms: legacy only', async () => {
  await start(true);
  await expect(array.readSystem()).rejects.toMatchObject({
    ...{ code: 'UNREACHABLE', message: expect.stringContaining('sshAlgorithms: legacy') as string },
  });
  await array.close();
  await simulator.close();
  await start(true, { algorithms: 'legacy' });
  expect((await array.readSystem()).name).toBe('svc1');
});
