// The lab's array as a process: the simulator over image files in the store, its volumes served by tgt. LAB_DIR says which lab.
import { rename, writeFile } from 'node:fs/promises';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { systemClock } from '../src/clock/system-clock.js';
import { TgtDataPlane } from './data-plane/tgt.js';
import { takeFaults } from './faults.js';
import { loginKeyFile, publicKey } from './keys.js';
import { inLab } from './paths.js';
import { isAlive } from './processes.js';
import { controlPortOf } from './san/tgtd.js';
import { storeDirectory } from './san/store.js';
import { readState } from './state.js';
import { arrayName, arrayUser, initiatorOf, labHosts, labVolumes } from './volumes.js';

const { processes, ports } = readState();
const { portalA, array: port } = ports;
const tgtd = processes['tgtd'];
if (!isAlive(tgtd) || portalA === undefined || port === undefined)
  throw new Error('the SAN is not up');

const simulator = await startSimulator({
  config: {
    system: { name: arrayName, codeLevel: '8.6.0.0' },
    users: [{ name: arrayUser, publicKey: await publicKey(loginKeyFile()) }],
    pools: [{ name: 'pool0', capacity: '10GiB' }],
    volumes: labVolumes.map(({ name, capacityBytes }) => ({
      name,
      pool: 'pool0',
      size: capacityBytes,
    })),
    hosts: labHosts.map((name) => ({ name, iqn: initiatorOf(name) })),
  },
  dataDir: storeDirectory(),
  ssh: { host: '127.0.0.1', port },
  clock: systemClock,
  dataPlane: new TgtDataPlane({ controlPort: controlPortOf({ portalA }), pid: tgtd.pid }),
  store: 'image',
  warn: (message) => console.error(message),
});
await mapSources(simulator);
takeFaults(simulator.faults);
// Renamed into place: whoever waits for the file never reads half of it.
const about = { pid: process.pid, port: simulator.sshPort, hostKey: simulator.hostKeyFingerprint };
await writeFile(inLab('array.json.new'), JSON.stringify(about));
await rename(inLab('array.json.new'), inLab('array.json'));
console.log('simulator ready');

const end = () => void simulator.close().then(() => process.exit(0));
process.once('SIGTERM', end).once('SIGINT', end);

/** Only at the first start: afterwards the host maps are what commands made of them. */
async function mapSources(array: Simulator): Promise<void> {
  if (array.state.hostMaps.length > 0) return;
  for (const { name, mappedTo } of labVolumes) {
    if (mappedTo === undefined) continue;
    const answer = await array.execute(
      `svctask mkvdiskhostmap -host ${mappedTo} ${name}`,
      arrayUser,
    );
    if (answer.exitCode !== 0) throw new Error(`${name}: ${answer.stderr}`);
  }
}
