// lsfcmap and its relatives. Columns as in 6.x-8.x; 9.x appends three. What the system made for snapshots shows with `-showhidden` only.
import { dependentsOf } from '../../flashcopy/dependents.js';
import type { Machine } from '../../machine.js';
import { isActive } from '../../model/legality.js';
import type { Mapping, Volume } from '../../model/state.js';
import type { Arguments } from '../arguments.js';
import { listing, listingWith, must, shown, type Command, type Commands } from '../command.js';
import { attributesOf, concise, detailed, withoutObject, type Row } from '../view.js';
import { IO_GROUP, ioGroupName } from './nodes.js';
import { findVolume } from './volume-lookup.js';

const COLUMNS = [
  ...[
    'id',
    'name',
    'source_vdisk_id',
    'source_vdisk_name',
    'target_vdisk_id',
    'target_vdisk_name',
    'group_id',
  ],
  ...[
    'group_name',
    'status',
    'progress',
    'copy_rate',
    'clean_progress',
    'incremental',
    'partner_FC_id',
  ],
  ...['partner_FC_name', 'restoring', 'start_time', 'rc_controlled'],
];
const SNAPSHOT_COLUMNS = ['size_mismatch', 'is_snapshot', 'snapshot_id'];
const DETAIL = [
  ...[
    'id',
    'name',
    'source_vdisk_id',
    'source_vdisk_name',
    'target_vdisk_id',
    'target_vdisk_name',
    'group_id',
  ],
  ...[
    'group_name',
    'status',
    'progress',
    'copy_rate',
    'start_time',
    'dependent_mappings',
    'autodelete',
  ],
  ...[
    'clean_progress',
    'clean_rate',
    'incremental',
    'difference',
    'grain_size',
    'IO_group_id',
    'IO_group_name',
  ],
  ...[
    'partner_FC_id',
    'partner_FC_name',
    'restoring',
    'rc_controlled',
    'keep_target',
    'type',
    'restore_progress',
  ],
  ...['fc_controlled', 'owner_id', 'owner_name'],
];

/** Whole percent, 100 only when every grain is there. */
export function progressPercent({ state, pending, incremental }: Mapping): number {
  if ((state === 'preparing' || state === 'prepared') && !incremental) return 0;
  return pending.total === 0 ? 100 : Math.floor((1 - pending.size / pending.total) * 100);
}

/** What a start would copy now, in percent. */
function differencePercent({ incremental, pending, changed, startTime }: Mapping): number {
  if (!incremental || startTime === '') return 100;
  const waiting = changed.copy();
  for (const { from, to } of pending.runs()) waiting.add(from, to);
  return Math.ceil((waiting.size / waiting.total) * 100);
}

/** 100 when there is nothing to clean. */
function cleanPercent({ cleaning, cleaned }: Mapping): number {
  return cleaning === undefined || cleaning === 0
    ? 100
    : Math.min(99, Math.floor(((cleaned ?? 0) / cleaning) * 100));
}

function row(machine: Machine, mapping: Mapping): Row {
  const { state } = machine;
  const [source, target] = [state.volume(mapping.source), state.volume(mapping.target)];
  const partner = state.partnerOf(mapping);
  const group = mapping.group === 0 ? undefined : state.groups.byId(mapping.group);
  const snapshot = state.snapshots.find(({ members }) =>
    members.some(({ image }) => image === mapping.target),
  );
  return {
    id: String(mapping.id),
    name: mapping.name,
    source_vdisk_id: String(mapping.source),
    source_vdisk_name: source.name,
    target_vdisk_id: String(mapping.target),
    target_vdisk_name: target.name,
    group_id: String(group?.id ?? ''),
    group_name: group?.name ?? '',
    status: mapping.state,
    progress: String(progressPercent(mapping)),
    copy_rate: String(mapping.copyRate),
    start_time: mapping.startTime,
    autodelete: mapping.autodelete ? 'on' : 'off',
    clean_progress: String(cleanPercent(mapping)),
    clean_rate: String(mapping.cleanRate),
    incremental: mapping.incremental ? 'on' : 'off',
    grain_size: String(mapping.grainKiB),
    IO_group_id: String(IO_GROUP),
    IO_group_name: ioGroupName(machine),
    partner_FC_id: String(partner?.id ?? ''),
    partner_FC_name: partner?.name ?? '',
    restoring: mapping.restoring ? 'yes' : 'no',
    rc_controlled: 'no',
    keep_target: mapping.keepTarget ? 'yes' : 'no',
    type: 'generic',
    restore_progress: mapping.restoring ? String(progressPercent(mapping)) : '0',
    fc_controlled: 'no',
    size_mismatch: source.capacityBytes === target.capacityBytes ? 'no' : 'yes',
    is_snapshot: mapping.owner === 'snapshot' ? 'yes' : 'no',
    snapshot_id: mapping.owner === 'snapshot' ? String(snapshot?.id ?? '') : '',
  };
}

/** What costs a look at other mappings or a count of grains: the detailed view alone shows it. */
const costly = (machine: Machine, mapping: Mapping): Row => ({
  dependent_mappings: String(dependentsOf(machine, mapping).length),
  difference: String(differencePercent(mapping)),
});

const visible = ({ state }: Machine, args: Arguments): Mapping[] =>
  state.mappings.filter(({ owner }) => owner === undefined || args.has('showhidden'));

const lsfcmap: Command = listing((machine, args) => {
  const columns = machine.profile.snapshotColumns ? [...COLUMNS, ...SNAPSHOT_COLUMNS] : COLUMNS;
  if (args.object === undefined)
    return concise(
      args,
      columns,
      visible(machine, args).map((mapping) => row(machine, mapping)),
    );
  const mapping = shown(machine.state.mappings, args.object);
  return detailed(
    args,
    attributesOf({ ...row(machine, mapping), ...costly(machine, mapping) }, DETAIL),
  );
}, 'optional');

const volumeShown = (machine: Machine, args: Arguments): Volume =>
  must(findVolume(machine, args.target()), 'CMMVC5754E', args.target());

/** A table of mappings that hang on the object named. */
const related = (
  columns: readonly [string, string],
  of: (machine: Machine, args: Arguments) => readonly Mapping[],
): Command =>
  listing((machine, args) => {
    const [id, name] = columns;
    const rows = of(machine, args).map((mapping) => ({
      [id]: String(mapping.id),
      [name]: mapping.name,
    }));
    return concise(withoutObject(args), columns, rows);
  }, 'required');

/** Mappings whose target holds a whole image: what a restore can be made from. */
const copiesOf = ({ state }: Machine, volume: Volume): Mapping[] =>
  state
    .mappingsFrom(volume.id)
    .filter(({ pending, startTime }) => pending.size === 0 && startTime !== '');

export const mappingViews: Commands = {
  lsfcmap: listingWith({ switches: ['showhidden'] }, lsfcmap),
  lsfcmapprogress: listing((machine, args) => {
    const mapping = shown(machine.state.mappings, args.target());
    const only = { id: String(mapping.id), progress: String(progressPercent(mapping)) };
    return concise(withoutObject(args), ['id', 'progress'], [only]);
  }, 'required'),
  lsfcmapdependentmaps: related(['fc_id', 'fc_name'], (machine, args) =>
    dependentsOf(machine, shown(machine.state.mappings, args.target())),
  ),
  lsvdiskfcmappings: related(['id', 'name'], (machine, args) =>
    machine.state
      .mappingsOn(volumeShown(machine, args).id)
      .filter(({ owner }) => owner === undefined),
  ),
  lsvdiskfcmapcopies: related(['fc_id', 'fc_name'], (machine, args) =>
    copiesOf(machine, volumeShown(machine, args)),
  ),
  lsvdiskdependentmaps: related(['fc_id', 'fc_name'], (machine, args) =>
    machine.state.mappingsFrom(volumeShown(machine, args).id).filter(isActive),
  ),
  lsfcmapcandidate: listing((machine, args) => {
    const { volumes } = machine.state;
    const free = volumes.filter(
      ({ id, hidden }) => hidden !== true && machine.state.mappingsOn(id).length < 256,
    );
    const rows = free.map(({ id }) => ({ id: String(id) }));
    return concise(args, ['id'], rows);
  }),
};
