// How far clones, thin clones and restores are: by volume, and by volume group.
import type { Machine } from '../../machine.js';
import { listing, withEach, type Commands } from '../command.js';
import { concise, withoutObject, type Row } from '../view.js';
import { progressPercent } from './mapping-views.js';

const POPULATION_COLUMNS = [
  ...[
    'volume_id',
    'volume_name',
    'volume_group_id',
    'volume_group_name',
    'type',
    'progress',
    'start_time',
  ],
  ...['estimated_completion_time', 'source_volume_name', 'source_snapshot'],
];

function populationRows({ state }: Machine): Row[] {
  const running = state.mappings.filter(
    ({ owner }) => owner === 'clone' || owner === 'thinclone' || owner === 'restore',
  );
  return running.map((mapping) => {
    const volume = state.volume(mapping.target);
    const group = volume.group === undefined ? undefined : state.volumeGroups.byId(volume.group);
    return {
      ...{ volume_id: String(volume.id), volume_name: volume.name, type: mapping.owner ?? '' },
      ...{ volume_group_id: String(group?.id ?? ''), volume_group_name: group?.name ?? '' },
      ...{ progress: String(progressPercent(mapping)), start_time: mapping.startTime },
      ...{
        source_volume_name: volume.origin?.volume ?? volume.name,
        source_snapshot: volume.origin?.snapshot ?? '',
      },
    };
  });
}

const GROUP_POPULATION_COLUMNS = [
  ...[
    'volume_group_id',
    'volume_group_name',
    'type',
    'progress',
    'start_time',
    'estimated_completion_time',
  ],
  ...['source_volume_group_name', 'source_snapshot'],
];

/** A group is as far as the last of its volumes. */
function groupPopulationRows(machine: Machine): Row[] {
  const rows = populationRows(machine);
  return machine.state.volumeGroups.flatMap(({ id, name, origin }) => {
    const [first, ...others] = rows.filter((row) => row['volume_group_id'] === String(id));
    if (first === undefined) return [];
    const progress = Math.min(...[first, ...others].map((row) => Number(row['progress'])));
    return [
      {
        ...{ volume_group_id: String(id), volume_group_name: name, type: first['type'] ?? '' },
        ...{
          progress: String(progress),
          start_time: first['start_time'] ?? '',
          estimated_completion_time: '',
        },
        ...{
          source_volume_group_name: origin?.group ?? name,
          source_snapshot: origin?.snapshot ?? '',
        },
      },
    ];
  });
}

export const populationViews: Commands = {
  ...withEach(
    {
      lsvolumepopulation: listing(
        (machine, args) =>
          concise(withoutObject(args), POPULATION_COLUMNS, populationRows(machine)),
        'optional',
      ),
    },
    { since: '8.5.1' },
  ),
  ...withEach(
    {
      lsvolumegrouppopulation: listing(
        (machine, args) =>
          concise(withoutObject(args), GROUP_POPULATION_COLUMNS, groupPopulationRows(machine)),
        'optional',
      ),
    },
    { since: '8.6' },
  ),
};
