// Brings the lab up, or says where it is if it is up. A half lab of a killed run is taken down first. See docs/lab.md.
import { chmod, mkdir } from 'node:fs/promises';
import { writeEntries } from './entries.js';
import { logInToVolumes } from './guest/log-in.js';
import { startGuest } from './guest/start.js';
import { makeKeys } from './keys.js';
import { inLab, labDirectory } from './paths.js';
import { phase } from './phase.js';
import { freePorts } from './ports.js';
import { prepare } from './prepare.js';
import { isAlive } from './processes.js';
import { mountStore } from './san/store.js';
import { startTgtd } from './san/tgtd.js';
import { startArray } from './start-array.js';
import { readState, updateState } from './state.js';
import { takeDown } from './take-down.js';
import { startTemporal } from './temporal.js';
import { labHosts } from './volumes.js';

const portNames = [
  'source1',
  'backup1',
  'portalA',
  'portalB',
  'array',
  'temporal',
  'ui',
  'metrics',
] as const;

const { processes, ready } = readState();
const wanted = [...labHosts, 'tgtd', 'array', 'temporal'];
if (ready === true && wanted.every((name) => isAlive(processes[name]))) {
  sayWhere();
} else {
  await takeDown();
  try {
    await bringUp();
  } catch (error) {
    await takeDown();
    throw error;
  }
  sayWhere();
}

async function bringUp(): Promise<void> {
  await mkdir(labDirectory, { recursive: true });
  await chmod(labDirectory, 0o700);
  const { imageDirectory, accelerator, warm } = await prepare();
  const ports = await freePorts(portNames);
  updateState((state) => Object.assign(state, { ports, accelerator: accelerator.name }));
  await makeKeys(labHosts);
  const portals = [ports.portalA, ports.portalB];
  const guest = (name: (typeof labHosts)[number]) =>
    phase(name, () =>
      startGuest(name, { imageDirectory, warm, accelerator, sshPort: ports[name], portals }),
    );
  const [array] = await Promise.all([
    phase('SAN and array', async () => {
      await mountStore();
      await startTgtd(ports);
      return startArray();
    }),
    ...labHosts.map(guest),
    phase('Temporal', () => startTemporal(ports)),
  ]);
  await writeEntries({
    ports,
    arrayPort: array.port,
    arrayHostKey: array.hostKey,
    arrayPublicKey: array.publicKey,
  });
  await phase('source volumes on source1', logInToVolumes);
  updateState((state) => (state.ready = true));
}

function sayWhere(): void {
  const { ports, accelerator } = readState();
  console.log(
    `lab is up (${accelerator ?? ''}): ssh -F ${inLab('ssh_config')} source1 | backup1 | svc-lab`,
  );
  console.log(`inventory: ${inLab('inventory.yaml')}`);
  console.log(`Temporal UI: http://127.0.0.1:${ports['ui']}`);
}
