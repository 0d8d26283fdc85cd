// The SVC client against the simulated array, in process, over SSH and over REST: the same promises on every wire.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSvcArray } from '../../src/array/svc/svc-array.js';
import type { StorageArray } from '../../src/array/array.js';
import {
  createSystem,
  startSimulator,
  type Faults,
  type Simulator,
} from '../../src/simulator/index.js';
import { createInProcessTransport } from '../../src/transport/in-process/in-process-transport.js';
import { createHttpsTransport } from '../../src/transport/https/https-transport.js';
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.js';
import {
  systemClock as clock,
  systemRandomness as randomness,
} from '../../src/clock/system-clock.js';
import { describeArrayContract, type ArrayUnderTest } from './array-contract.js';

const config = {
  system: { name: 'svc1' },
  users: [{ name: 'copy', password: 'secret' }],
  pools: [{ name: 'pool0', capacity: '1GiB' }],
  volumes: [
    { name: 'src', pool: 'pool0', size: '64MiB', volumeGroup: 'vg_src' },
    { name: 'tgt', pool: 'pool0', size: '64MiB' },
    { name: 'small', pool: 'pool0', size: '32MiB' },
  ],
  hosts: [
    { name: 'app1', iqn: 'iqn.2026-11.example:app1' },
    { name: 'app2', iqn: 'iqn.2026-11.example:app2' },
  ],
  clock: { speed: 10 },
};

interface Way {
  readonly array: StorageArray;
  readonly faults: Faults;
  readonly end: () => Promise<void>;
}

const underTest = ({ array, faults, end }: Way): ArrayUnderTest => ({
  array,
  loseAnswer: (on, when) => faults.add({ on, when, do: 'drop-connection' }),
  answerWith: (on, code) => faults.add({ on, do: { code } }),
  close: async () => {
    await array.close();
    await end();
  },
});

async function overDoors(connect: (simulator: Simulator) => StorageArray): Promise<ArrayUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'svc-contract-'));
  const doors = { ssh: { host: '127.0.0.1', port: 0 }, rest: { host: '127.0.0.1', port: 0 } };
  const simulator = await startSimulator({ config, clock, dataDir, ...doors });
  return underTest({
    array: connect(simulator),
    faults: simulator.faults,
    end: async () => {
      await simulator.close();
      await rm(dataDir, { recursive: true });
    },
  });
}

const account = { user: 'copy', password: 'secret', sessions: 3, clock, handshakeTimeoutMs: 5_000 };
const ports = { name: 'svc1', clock, randomness };

describeArrayContract('SVC client in process', async () => {
  const system = await createSystem({ config, clock });
  const transport = createInProcessTransport({
    address: 'svc1',
    clock,
    run: (line) => system.execute(line),
  });
  const array = createSvcArray({ ...ports, transport });
  return underTest({ array, faults: system.faults, end: () => system.close() });
});

describeArrayContract('SVC client over SSH', () =>
  overDoors(({ sshPort, hostKeyFingerprint: hostKey }) =>
    createSvcArray({
      ...ports,
      transport: createSshTransport({ ...account, address: `127.0.0.1:${sshPort}`, hostKey }),
    }),
  ),
);

describeArrayContract('SVC client over REST', () =>
  overDoors(({ rest }) =>
    createSvcArray({
      ...ports,
      rest: createHttpsTransport({
        ...account,
        address: `127.0.0.1:${rest?.port ?? 0}`,
        trust: { fingerprint: rest?.fingerprint },
      }),
    }),
  ),
);
