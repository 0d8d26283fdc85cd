// How an array begins: from its configuration the first time, from its saved state afterwards. The data plane is told the same either way.
import type { SimulatorConfig } from './config.js';
import type { Machine } from './machine.js';
import { GrainSet } from './model/grain-set.js';
import { targetOffline } from './model/legality.js';
import { createHost } from './shell/commands/hosts.js';
import { createVolume } from './shell/commands/volumes.js';

/** First start: what the configuration names is made, in its order. */
export async function seed(machine: Machine, config: SimulatorConfig): Promise<void> {
  const { pools } = machine.state;
  config.pools.forEach(({ name, capacity }, id) => pools.push({ id, name, capacityBytes: capacity }));
  for (const { name, pool, size } of config.volumes) {
    const home = pools.find((candidate) => candidate.name === pool);
    if (!home) throw new Error(`volume ${name}: no pool ${pool} in the configuration`);
    await createVolume(machine, { name, pool: home, bytes: size });
  }
  for (const { name, iqn, wwpn } of config.hosts)
    createHost(machine, { name, iscsiNames: iqn === undefined ? [] : [iqn], wwpns: wwpn === undefined ? [] : [wwpn] });
}

/** Restart: array time has gone on meanwhile. In memory the contents are gone, and every copy that was begun is stopped, honestly. */
export async function resume(machine: Machine, store: 'memory' | 'image'): Promise<void> {
  const { state, engine, reach } = machine;
  for (const volume of state.volumes) {
    await engine.create(volume, true);
    volume.uid = (await reach.serve(volume, engine.imagePath(volume))) ?? volume.uid;
  }
  for (const mapping of state.mappings) {
    const lost = store === 'memory' && mapping.startTime !== '';
    if (lost) Object.assign(mapping, { state: 'stopped', pending: GrainSet.full(mapping.pending.total) });
    if (lost) await engine.poison(mapping);
    if (mapping.comparing) await engine.forget(mapping);
    mapping.comparing = false;
    await reach.setOnline(state.volume(mapping.target), !targetOffline(mapping));
  }
  for (const { volume, host } of state.hostMaps) {
    const mapped = state.hosts.find(({ id }) => id === host);
    if (mapped) await reach.map(state.volume(volume), mapped);
  }
}
