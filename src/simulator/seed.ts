// How an array begins: from its configuration the first time, from its saved state afterwards. The data plane is told the same either way.
import type { SimulatorConfig } from './config.js';
import { forgetDue } from './flashcopy/policy-snapshots.js';
import type { Machine } from './machine.js';
import { GrainSet } from './model/grain-set.js';
import { checkName } from './model/object-names.js';
import type { VolumeGroup } from './model/snapshot.js';
import { drop } from './model/state.js';
import { targetOffline } from './model/legality.js';
import { createHost } from './shell/commands/hosts.js';
import { parseEffect } from './shell/commands/simulator.js';
import { createVolume, createVolumes } from './flashcopy/volume-creation.js';

/** First start: what the configuration names is made, in its order. */
export async function seed(machine: Machine, config: SimulatorConfig): Promise<void> {
  const { pools, settings } = machine.state;
  settings.flashCopyLicensed = config.flashCopyLicensed;
  settings.flashBitmapMiB = config.limits.flashBitmapMiB;
  settings.protection.enabled = config.volumeProtection;
  config.pools.forEach(({ name, capacity }, id) =>
    pools.push({ id, name, capacityBytes: capacity }),
  );
  for (const wanted of config.volumes) await make(machine, wanted);
  for (const { name, iqn, wwpn } of config.hosts)
    createHost(machine, {
      ...{ name, iscsiNames: iqn === undefined ? [] : [iqn], nqns: [] },
      wwpns: wwpn === undefined ? [] : [wwpn.replaceAll(':', '').toUpperCase()],
    });
}

async function make(machine: Machine, wanted: SimulatorConfig['volumes'][number]): Promise<void> {
  const { name, pool, size, thin, count } = wanted;
  const home = machine.state.pools.find((candidate) => candidate.name === pool);
  if (!home) throw new Error(`volume ${name}: no pool ${pool} in the configuration`);
  const kind = {
    autoexpand: true,
    grainKiB: 256,
    warningPercent: 80,
    compressed: false,
    deduplicated: false,
  };
  const group =
    wanted.volumeGroup === undefined ? {} : { group: volumeGroup(machine, wanted.volumeGroup).id };
  const volume = {
    name,
    pool: home,
    bytes: size,
    ...group,
    ...(thin ? { thin: { ...kind, realBytes: 0 } } : {}),
  };
  if (count === 1) await createVolume(machine, volume);
  else await createVolumes(machine, volume, count);
}

function volumeGroup({ state }: Machine, name: string): VolumeGroup {
  const known = state.volumeGroups.find((group) => group.name === name);
  if (known) return known;
  const made = {
    id: state.volumeGroups.freeId(),
    name: checkName(name, []),
    uid: String(++state.serial),
  };
  state.volumeGroups.push(made);
  return made;
}

export function armFaults(machine: Machine, config: SimulatorConfig): void {
  for (const fault of config.faults) machine.faults.add({ ...fault, do: parseEffect(fault.do) });
}

/** Restart: array time has gone on meanwhile. In memory the contents are gone, and every copy that was begun is stopped, honestly. */
export async function resume(machine: Machine, store: 'memory' | 'image'): Promise<void> {
  const { state, engine, reach } = machine;
  if (store === 'memory') {
    forgetSnapshots(machine);
    forgetDue(machine);
  }
  for (const volume of state.volumes) {
    await engine.create(volume, true);
    if (volume.hidden !== true)
      volume.uid = (await reach.serve(volume, engine.imagePath(volume))) ?? volume.uid;
  }
  for (const mapping of state.mappings) {
    const begun = mapping.startTime !== '' || mapping.state !== 'idle_or_copied';
    const lost = store === 'memory' && begun;
    if (lost)
      Object.assign(mapping, { state: 'stopped', pending: GrainSet.full(mapping.pending.total) });
    if (lost) await engine.poison(mapping);
    if (mapping.comparing) await engine.forget(mapping);
    mapping.comparing = false;
    await reach.setOnline(state.volume(mapping.target), !targetOffline(mapping));
  }
  for (const { volume, host } of state.hostMaps) {
    const mapped = state.hosts.byId(host);
    if (mapped) await reach.map(state.volume(volume), mapped);
  }
}

/** Snapshots, and what reads through them, ended with the contents: none is better than one that holds something else. */
function forgetSnapshots({ state }: Machine): void {
  drop(state.mappings, ({ owner }) => owner !== undefined);
  drop(state.snapshots, () => true);
  drop(state.volumes, ({ hidden }) => hidden === true);
}
