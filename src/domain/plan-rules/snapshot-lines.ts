// The lines of a plan that snapshots volume groups, in the places where others speak of mappings.
import type { PlannedGroup, PlannedSnapshot } from '../plan.js';

type Told = PlannedGroup & { readonly snapshot: PlannedSnapshot };

export const isTold = (group: PlannedGroup): group is Told => group.snapshot !== undefined;

const volumes = ({ mappings }: Told): string =>
  `${mappings.length} volume${mappings.length === 1 ? '' : 's'}`;

/** Where the array would be prepared. */
export const beforeLine = (group: Told): string =>
  `${group.array}: look once more at volume group ${group.snapshot.volumeGroup}: it holds ${volumes(group)}${
    group.snapshot.restoreFrom === undefined ? '' : ', mapped to nobody'
  }`;

export function cutLine(group: Told): string {
  const { array, name, snapshot } = group;
  const { volumeGroup, restoreFrom } = snapshot;
  if (restoreFrom !== undefined)
    return `${array}: restore volume group ${volumeGroup}, ${volumes(group)}, from snapshot ${restoreFrom.name} of ${restoreFrom.time}`;
  return `${array}: add snapshot ${name} of volume group ${volumeGroup}: ${volumes(group)} at one instant${keptText(snapshot)}${
    snapshot.ignoreLegacy === true ? ' (-ignorelegacy)' : ''
  }`;
}

function keptText({ retentionDays, retentionMinutes, safeguarded }: PlannedSnapshot): string {
  const kept = [
    ...(retentionDays === undefined ? [] : [`${retentionDays} d`]),
    ...(retentionMinutes === undefined ? [] : [`${retentionMinutes} min`]),
  ];
  if (kept.length === 0) return '; it stays until it is removed';
  return `; it goes by itself after ${kept.join('')}${safeguarded === true ? ', and nobody can remove it before that' : ''}`;
}

export function cloneLines(group: Told): string[] {
  const { array, name, snapshot, mappings } = group;
  if (snapshot.clone === undefined) return [];
  const { kind, pool } = snapshot.clone;
  const word = kind === 'clone' ? 'clone' : 'thin clone';
  const names = mappings
    .slice(0, MOST_NAMES)
    .map(({ source, target }) => `${source.name} -> ${target.name}`);
  const more = mappings.length > MOST_NAMES ? ` and ${mappings.length - MOST_NAMES} more` : '';
  return [
    `${array}: make a ${word} of it as volume group ${name}${pool === undefined ? '' : ` in pool ${pool}`}: ${names.join(', ')}${more}`,
  ];
}

const MOST_NAMES = 16;

export function afterLine({ array, name, snapshot }: Told, waits: boolean): string {
  const { clone, restoreFrom, volumeGroup } = snapshot;
  if (restoreFrom !== undefined)
    return `${array}: volume group ${volumeGroup} is what the snapshot holds at once; grains follow in the background`;
  if (clone?.kind === 'clone')
    return waits
      ? `${array}: wait until volume group ${name} is independent of its snapshot`
      : `${array}: volume group ${name} goes on becoming independent in the background`;
  return `${array}: ${clone === undefined ? `snapshot ${name}` : `volume group ${name}`} needs its source for ever`;
}
