// Reads everything the plan's rules judge: arrays first, for their UIDs are what hosts are asked about. Nothing is touched.
import type { StorageArray } from '../array/array.js';
import type { ArrayInspection, HostInspection } from '../domain/inspection.js';
import { isGroupOfSet } from '../domain/names.js';
import type { FlashCopyRequest, RequestedGroup } from '../domain/request.js';
import type { ActivityDependencies } from './dependencies.js';
import { inBatches } from './in-parallel.js';

export interface Inspection {
  readonly arrays: readonly ArrayInspection[];
  /** Source hosts, as asked about the source volumes. */
  readonly sources: readonly HostInspection[];
  /** Target hosts, as asked about the target volumes that exist. */
  readonly targets: readonly HostInspection[];
}

async function inspectArray(array: StorageArray, group: RequestedGroup, set: string): Promise<ArrayInspection> {
  const names = group.volumes.flatMap(({ source, target }) => [source, target]);
  const requested = new Set(names);
  const [system, vdisks, pools, hosts, mappings, groups] = await Promise.all([
    array.readSystem(),
    array.readVDisks(names),
    array.readPools(),
    array.readHosts(),
    array.readMappings(),
    array.readGroups(),
  ]);
  const hostMaps = await inBatches(vdisks, (vdisk) => array.readHostMaps(vdisk.name));
  return {
    ...{ array: group.array, system, vdisks, pools, hosts, groups },
    hostMaps: hostMaps.flat(),
    // Also what else stands in this set's groups: starting a group starts all it holds.
    mappings: mappings.filter(
      ({ source, target, group: name }) => requested.has(source) || requested.has(target) || isGroupOfSet(name, set),
    ),
  };
}

/** UIDs of one role's volumes on all arrays, for those that exist. */
function uidsOf(request: FlashCopyRequest, arrays: readonly ArrayInspection[], role: 'source' | 'target'): string[] {
  return request.groups.flatMap((group, index) => {
    const names = new Set(group.volumes.map((pair) => pair[role]));
    return (arrays[index]?.vdisks ?? []).filter(({ name }) => names.has(name)).map(({ uid }) => uid);
  });
}

export async function inspect(deps: ActivityDependencies, request: FlashCopyRequest): Promise<Inspection> {
  const arrays = await Promise.all(
    request.groups.map((group) => inspectArray(deps.arrays(group.array), group, request.name)),
  );
  const sourceUids = uidsOf(request, arrays, 'source');
  const targetUids = uidsOf(request, arrays, 'target');
  const sources = request.sources.map(({ host, method, units, mounts }) =>
    deps.hosts(host).inspect({
      ...{ uids: sourceUids, role: 'source', method, units },
      mountPoints: mounts === 'auto' ? [] : mounts,
    }),
  );
  const targets = request.targets.map(({ host, mounts, keepMapped }) =>
    deps.hosts(host).inspect({
      ...{ uids: targetUids, role: 'target', units: [], keepMapped },
      mountPoints: mounts.map(({ at }) => at),
    }),
  );
  const [sourceHosts, targetHosts] = await Promise.all([Promise.all(sources), Promise.all(targets)]);
  return { arrays, sources: sourceHosts, targets: targetHosts };
}
