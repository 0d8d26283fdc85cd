// The SVC client against the simulated array, in process and over SSH: the same promises over both wires.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSvcArray } from '../../src/array/svc/svc-array.js';
import { createSystem, startSimulator, type Faults } from '../../src/simulator/index.js';
import { createInProcessTransport } from '../../src/transport/in-process/in-process-transport.js';
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.js';
import type { Transport } from '../../src/transport/transport.js';
import { systemClock as clock, systemRandomness as randomness } from '../../src/worker/system-clock.js';
import { describeArrayContract, type ArrayUnderTest } from './array-contract.js';

const config = {
  system: { name: 'svc1' },
  users: [{ name: 'copy', password: 'secret' }],
  pools: [{ name: 'pool0', capacity: '1GiB' }],
  volumes: [
    { name: 'src', pool: 'pool0', size: '64MiB' },
    { name: 'tgt', pool: 'pool0', size: '64MiB' },
    { name: 'small', pool: 'pool0', size: '32MiB' },
  ],
  hosts: [
    { name: 'app1', iqn: 'iqn.2026-11.example:app1' },
    { name: 'app2', iqn: 'iqn.2026-11.example:app2' },
  ],
  clock: { speed: 10 },
};

function underTest(transport: Transport, faults: Faults, end: () => Promise<void>): ArrayUnderTest {
  return {
    array: createSvcArray({ name: 'svc1', transport, clock, randomness }),
    loseAnswer: (on, when) => faults.add({ on, when, do: 'drop-connection' }),
    answerWith: (on, code) => faults.add({ on, do: { code } }),
    close: async () => {
      await transport.close();
      await end();
    },
  };
}

describeArrayContract('SVC client in process', async () => {
  const system = await createSystem({ config, clock });
  const transport = createInProcessTransport({ address: 'svc1', clock, run: (line) => system.execute(line) });
  return underTest(transport, system.faults, () => system.close());
});

describeArrayContract('SVC client over SSH', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'svc-contract-'));
  const simulator = await startSimulator({ config, clock, dataDir, ssh: { host: '127.0.0.1', port: 0 } });
  const transport = createSshTransport({
    address: `127.0.0.1:${simulator.sshPort}`,
    user: 'copy',
    password: 'secret',
    hostKey: simulator.hostKeyFingerprint,
    sessions: 3,
    clock,
    handshakeTimeoutMs: 5_000,
  });
  return underTest(transport, simulator.faults, async () => {
    await simulator.close();
    await rm(dataDir, { recursive: true });
  });
});
