// Reads everything the plan's rules judge: arrays first, for their UIDs are what hosts are asked about. Nothing is touched.
import type { StorageArray } from '../array/array.js';
import { FlashCopyError } from '../domain/errors.js';
import type { ArrayInspection, HostInspection } from '../domain/inspection.js';
import { commonState, type FlashCopyMapping } from '../domain/mapping.js';
import { isGroupOfSet } from '../domain/names.js';
import { adoptedNames } from '../domain/plan-rules/adopt-rules.js';
import { usesSnapshots } from '../domain/plan-rules/kinds.js';
import type { FlashCopyRequest, RequestedGroup } from '../domain/request.js';
import type { ActivityDependencies } from './dependencies.js';
import { findLeftovers } from './group-leftovers.js';
import { inspectSnapshots } from './inspect-snapshots.js';
import { inspectVolumes } from './inspect-volumes.js';
import { SharedSystems } from './shared-system.js';

export interface Inspection {
  readonly arrays: readonly ArrayInspection[];
  /** Source hosts, as asked about the source volumes. */
  readonly sources: readonly HostInspection[];
  /** Target hosts, as asked about the target volumes that exist. */
  readonly targets: readonly HostInspection[];
}

interface Asked {
  readonly systems: SharedSystems;
  readonly request: FlashCopyRequest;
  readonly group: RequestedGroup;
  readonly token: string;
}

async function inspectArray(array: StorageArray, asked: Asked): Promise<ArrayInspection> {
  const { request, group, token } = asked;
  const names = group.volumes
    .flatMap(({ source, target }) => [source, target])
    .filter((name) => name !== '');
  const { name: set, copy } = request;
  const requested = new Set(names);
  const vdisks = await array.readVDisks(names);
  const [system, pools, hosts, listed] = await Promise.all([
    asked.systems.read(array),
    // A pool matters to targets that are created, and to volumes that are offline.
    vdisks.some(({ status }) => status === 'offline') ||
    copy.snapshot?.clone !== undefined ||
    group.volumes.some(({ create }) => create !== undefined)
      ? array.readPools()
      : [],
    // A copy without hosts asks for none.
    request.sources.length + request.targets.length === 0 ? [] : array.readHosts(),
    array.readMappings(),
  ]);
  // With every volume there, nothing is made but mappings and a group.
  const leftovers = usesSnapshots({ request })
    ? undefined
    : await findLeftovers(array, set, { mappings: listed, makes: vdisks.length < requested.size });
  const mappings = listed.filter((mapping) => leftovers?.mappings.includes(mapping) !== true);
  const touching = mappings.filter(
    ({ source, target }) => requested.has(source) || requested.has(target),
  );
  const theirs = new Set(touching.map((mapping) => mapping.group).filter((name) => name !== ''));
  const found = new Set(touching.map(({ source, target }) => `${source} ${target}`));
  const isNew =
    !usesSnapshots({ request }) &&
    group.volumes.some(({ source, target }) => !found.has(`${source} ${target}`));
  return {
    ...{ array: group.array, system, vdisks, pools, hosts },
    groups: isToldByMappings(asked, mappings) ? [] : await array.readGroups(),
    hostMaps: await array.readHostMapsOf(vdisks.map(({ name }) => name)),
    ...(await inspectVolumes(array, { system, vdisks, targets: targetsOf(group) })),
    ...(leftovers === undefined ? {} : { leftovers }),
    ...(isNew ? { ioGroups: await array.readIoGroups() } : {}),
    ...(usesSnapshots({ request }) ? await inspectSnapshots(array, request, token) : {}),
    // Also what else stands in these groups and in this set's: starting or stopping a group moves all it holds.
    mappings: await inDetail(
      array,
      mappings.filter(
        (mapping) =>
          touching.includes(mapping) ||
          theirs.has(mapping.group) ||
          isGroupOfSet(mapping.group, set),
      ),
      group,
    ),
  };
}

const targetsOf = ({ volumes }: RequestedGroup): ReadonlySet<string> =>
  new Set(volumes.map(({ target }) => target));

/** Every pair has its mapping in one group of this set, and all that is in it is in one state: that is the group's, and nothing is made in it. */
function isToldByMappings(
  { request, group }: Asked,
  mappings: readonly FlashCopyMapping[],
): boolean {
  const own = new Map(
    mappings
      .filter((mapping) => isGroupOfSet(mapping.group, request.name))
      .map((mapping) => [`${mapping.source} ${mapping.target}`, mapping.group]),
  );
  const groups = new Set(group.volumes.map(({ source, target }) => own.get(`${source} ${target}`)));
  const [name] = groups;
  if (groups.size !== 1 || name === undefined) return false;
  return commonState(mappings.filter((mapping) => mapping.group === name)) !== undefined;
}

/** Mappings that are to be taken over are compared in full. */
async function inDetail(
  array: StorageArray,
  mappings: readonly FlashCopyMapping[],
  { volumes }: RequestedGroup,
): Promise<FlashCopyMapping[]> {
  const adopted = new Set(adoptedNames(volumes));
  return Promise.all(
    mappings.map(async (mapping) =>
      adopted.has(mapping.name) ? ((await array.readMapping(mapping.name)) ?? mapping) : mapping,
    ),
  );
}

/** UIDs of one role's volumes on all arrays, for those that exist. */
function uidsOf(
  request: FlashCopyRequest,
  arrays: readonly ArrayInspection[],
  role: 'source' | 'target',
): string[] {
  return request.groups.flatMap((group) => {
    const names = new Set(group.volumes.map((pair) => pair[role]));
    const array = arrays.find((one) => one.array === group.array);
    return (array?.vdisks ?? []).filter(({ name }) => names.has(name)).map(({ uid }) => uid);
  });
}

/** What the inventory does not name is left out: a rule refuses it, by field and with a remedy. */
function ifKnown<T>(find: () => T): T[] {
  try {
    return [find()];
  } catch (error) {
    if (error instanceof FlashCopyError && /^UNKNOWN_(ARRAY|HOST)$/.test(error.code)) return [];
    throw error;
  }
}

export async function inspect(
  deps: ActivityDependencies & { readonly systems?: SharedSystems },
  request: FlashCopyRequest,
  token: string,
): Promise<Inspection> {
  const { systems = new SharedSystems(deps.clock) } = deps;
  const arrays = await Promise.all(
    request.groups.flatMap((group) =>
      ifKnown(() => deps.arrays(group.array)).map((array) =>
        inspectArray(array, { systems, request, group, token }),
      ),
    ),
  );
  const sourceUids = uidsOf(request, arrays, 'source');
  const targetUids = uidsOf(request, arrays, 'target');
  const sources = request.sources.flatMap(({ host: name, method, units, mounts }) =>
    ifKnown(() => deps.hosts(name)).map((host) =>
      host.inspect({
        ...{ uids: sourceUids, role: 'source', method, units },
        mountPoints: mounts === 'auto' ? [] : mounts,
      }),
    ),
  );
  const targets = request.targets.flatMap(({ host: name, mounts, keepMapped }) =>
    ifKnown(() => deps.hosts(name)).map((host) =>
      host.inspect({
        ...{ uids: targetUids, role: 'target', units: [], keepMapped },
        mountPoints: mounts.map(({ at }) => at),
      }),
    ),
  );
  const [sourceHosts, targetHosts] = await Promise.all([
    Promise.all(sources),
    Promise.all(targets),
  ]);
  return { arrays, sources: sourceHosts, targets: targetHosts };
}
