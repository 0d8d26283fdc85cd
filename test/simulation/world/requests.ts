// The request of a copy in the simulated world, as somebody would write it.
import { cloneOf, OLD_SNAPSHOT, targetOf, VOLUME_GROUP, type San, type SanHost } from './san.js';
import type { CopyOrder } from './world.js';

const LIMITS = { maxPause: '10s', maxOutage: '60s', maxPrepared: '60s' };

/** Where the set's copy of a file system is mounted on dev1. */
export const copyOf = (set: string, mountPoint: string): string => `/copy/${set}${mountPoint}`;

export function requestFor(san: San, order: CopyOrder): unknown {
  const chosen = san.sources.filter(({ name }) => order.hosts.includes(name));
  return order.restore === true ? restoring(san, order, chosen) : copying(san, order, chosen);
}

const groupsOf = (
  chosen: readonly SanHost[],
  pair: (array: string, volume: string, host: string) => unknown,
): unknown[] =>
  [...new Set(chosen.map(({ array }) => array))].sort().map((array) => ({
    array,
    volumes: chosen
      .filter((one) => one.array === array)
      .flatMap(({ name, volumes }) => volumes.map((volume) => pair(array, volume, name))),
  }));

function copying(san: San, order: CopyOrder, chosen: readonly SanHost[]): unknown {
  const { set, method, hosts, keepMapped = false, autodelete = false, snapshot, attempts } = order;
  const ofSnapshot = {
    ...{ kind: 'snapshot', snapshot: { volumeGroup: VOLUME_GROUP, clone: snapshot } },
    waitFor: snapshot === 'clone' ? 'copied' : 'started',
  };
  return {
    name: set,
    groups: groupsOf(chosen, (array, source) =>
      snapshot === undefined
        ? {
            source,
            target: targetOf(set, source),
            overwrite: san.uid(array, targetOf(set, source)),
          }
        : { source, target: cloneOf(source) },
    ),
    sources: chosen.map(({ name }) => ({
      ...{ host: name, method },
      ...(method === 'unmount' ? { units: [`${name}.service`] } : {}),
    })),
    targets: [
      {
        ...{ host: 'dev1', keepMapped },
        ...(hosts.includes('app1') ? { volumeGroups: { vg_app1: `vg_app1_${set}` } } : {}),
        mounts: chosen.flatMap(({ mountPoints }) =>
          mountPoints.map((from) => ({ from, at: copyOf(set, from) })),
        ),
      },
    ],
    copy:
      snapshot === undefined
        ? { rate: 20, grainSize: 64, waitFor: 'copied', autodelete }
        : ofSnapshot,
    ...(attempts === undefined ? {} : { attempts }),
    ...LIMITS,
  };
}

/** Roles reversed: the hosts of production are the targets, and get back what stood there. */
const restoring = (san: San, { set }: CopyOrder, chosen: readonly SanHost[]): unknown => ({
  name: set,
  groups: groupsOf(chosen, (array, target, host) => ({
    target,
    host,
    overwrite: san.uid(array, target),
  })),
  sources: [],
  targets: chosen.map(({ name }) => ({ host: name })),
  copy: {
    ...{ kind: 'restore-snapshot', waitFor: 'copied' },
    snapshot: { volumeGroup: VOLUME_GROUP, restoreFrom: OLD_SNAPSHOT },
  },
  grade: 'crash',
  ...LIMITS,
});
